"""What the plates of each issuer look like: name, slogans, serial formats and colours.

Formats: `9` a digit, `A` a letter, `1` a digit other than 0; blank, `-` and `.` are gaps that a
reader does not report. A number in front of `*` weighs a format against the issuer's others.
Colours: (background, characters, lettering) as RGB triples named in `COLOURS`.
Written from general knowledge of the designs in use since about 1980; not exact copies of any.
"""

from __future__ import annotations

from dataclasses import dataclass

COLOURS: dict[str, tuple[int, int, int]] = {
    'white': (238, 238, 236),
    'cream': (232, 224, 196),
    'silver': (188, 190, 192),
    'yellow': (240, 200, 40),
    'gold': (222, 172, 60),
    'orange': (226, 120, 40),
    'sky': (176, 206, 232),
    'pale': (206, 226, 220),
    'blue': (30, 84, 176),
    'navy': (24, 34, 84),
    'black': (22, 22, 24),
    'red': (176, 30, 36),
    'maroon': (104, 24, 34),
    'green': (24, 104, 62),
    'teal': (40, 130, 130),
    'mint': (196, 222, 196),
    'sand': (216, 196, 150),
    'grey': (140, 142, 146),
    'brown': (92, 58, 36),
}


@dataclass(frozen=True)
class Issuer:
    """One issuer of plates. `weight` is its share among the drawn plates."""

    name: str
    formats: tuple[str, ...]
    slogans: tuple[str, ...]
    schemes: tuple[tuple[str, str, str], ...]
    weight: float = 1.0


def _issuer(name: str, formats: str, slogans: str, schemes: str, weight: float = 1.0) -> Issuer:
    """Builds an issuer from the compact table rows below: `;` separates entries."""
    return Issuer(
        name,
        tuple(formats.split(';')),
        tuple(slogans.split(';')),
        tuple(tuple(scheme.split('/')) for scheme in schemes.split(';')),  # type: ignore[misc]
        weight,
    )


ISSUERS: dict[str, Issuer] = {
    'CA': _issuer(
        'California',
        '14*1aAa999;3*999999a1;2*1a99999;2*99999a1;1*999 aAa;1*aAa 999;1*99999aa;1*1aa9999;1*a99999a;1*1999999',
        'dmv.ca.gov;The Golden State;CALIFORNIA;Sesquicentennial',
        'white/navy/red;white/navy/red;white/blue/red;white/black/red;blue/yellow/yellow;black/yellow/yellow;yellow/black/black',
        20,
    ),
    'AL': _issuer(
        'Alabama',
        '19A9A99;19AA999;9A9999A;99A999A',
        'Heart of Dixie;Sweet Home;God Bless America',
        'white/navy/red;sky/navy/navy;white/black/red',
    ),
    'AK': _issuer(
        'Alaska',
        'AAA 999',
        'The Last Frontier;North to the Future',
        'yellow/navy/navy;gold/black/black;white/navy/red',
    ),
    'AZ': _issuer(
        'Arizona',
        'AAA9999;999 AAA;AAA 999;A9A 9AA',
        'Grand Canyon State',
        'sky/navy/maroon;white/green/maroon;maroon/white/white;sand/navy/maroon',
        2,
    ),
    'AR': _issuer(
        'Arkansas',
        '999 AAA;AAA 99A;AAA 999',
        'The Natural State;Land of Opportunity',
        'white/navy/red;white/black/red;silver/blue/red',
    ),
    'CO': _issuer(
        'Colorado',
        'AAA 999;999 AAA;AAA-A99;AA 9999',
        'COLORFUL',
        'green/white/white;white/green/green;green/white/white',
    ),
    'CT': _issuer(
        'Connecticut',
        'AA 99999;999 AAA;9AA AA9;999-AAA',
        'Constitution State',
        'sky/navy/navy;navy/white/white;white/navy/navy',
    ),
    'DE': _issuer(
        'Delaware', '999999;99999;9999;PC 99999', 'The First State', 'navy/gold/gold;blue/yellow/yellow'
    ),
    'DC': _issuer(
        'Washington, D.C.',
        'AA 9999;999-999',
        'Taxation Without Representation;Celebrate & Discover;End Taxation',
        'white/navy/red;white/blue/red',
    ),
    'FL': _issuer(
        'Florida',
        'A99 9AA;AAA A99;999 9AA;AAA 99A;99A AAA;AA9 9AA',
        'Sunshine State;In God We Trust;MyFlorida.com',
        'white/green/green;white/green/orange;white/navy/orange',
        2,
    ),
    'GA': _issuer(
        'Georgia',
        'AAA9999;999 AAA;AAA 999;999AAA',
        'Peach State;georgia.gov;On My Mind',
        'white/navy/red;white/black/navy;pale/navy/red',
        1.5,
    ),
    'GU': _issuer(
        'Guam', 'AA 9999;AAA 999', 'Tano Y Chamorro;Hafa Adai', 'white/navy/navy;white/black/orange', 0.4
    ),
    'HI': _issuer('Hawaii', 'AAA 999', 'Aloha State', 'white/black/red;silver/navy/red;sky/black/red'),
    'ID': _issuer(
        'Idaho',
        '1A 99999;1A A9999;A 999999;1AAA999;K 99999',
        'Scenic;Famous Potatoes',
        'white/navy/red;sky/navy/red;sky/red/navy',
    ),
    'IL': _issuer(
        'Illinois',
        'AA 99999;999 9999;A99 9999;AAA 999',
        'Land of Lincoln',
        'sky/navy/red;white/navy/blue;sky/red/navy',
        1.5,
    ),
    'IN': _issuer(
        'Indiana',
        '999AAA;999 AA;99A9999;999A;AAA999;99 A 9999',
        'Amber Waves of Grain;Hoosier State;Wander;In God We Trust',
        'white/navy/navy;sky/navy/navy;navy/white/yellow',
    ),
    'IA': _issuer(
        'Iowa', '999 AAA;AAA 999', 'POLK;LINN;SCOTT;JOHNSON', 'sky/navy/navy;white/black/navy;white/navy/navy'
    ),
    'KS': _issuer(
        'Kansas',
        '999 AAA;9999 AAA;AAA 999',
        'Wheat State;To the Stars',
        'sky/navy/navy;white/navy/navy;pale/navy/brown',
    ),
    'KY': _issuer(
        'Kentucky',
        '999 AAA;AAA 999;9999 AA;A9A 999',
        "Bluegrass State;Unbridled Spirit;It's that friendly",
        'sky/navy/navy;white/navy/navy',
    ),
    'LA': _issuer(
        'Louisiana',
        'AAA 999;999 AAA;999A999',
        "Sportsman's Paradise;Bayou State",
        'white/navy/red;white/blue/red;sky/navy/red',
    ),
    'ME': _issuer(
        'Maine',
        '9999 AA;999 AAA;9999AA;999-999',
        'Vacationland',
        'white/black/green;white/navy/navy;sky/black/navy',
    ),
    'MD': _issuer(
        'Maryland',
        '1AA9999;AAA 999;999 AAA;9AA 9999;A999999',
        'Treasure the Chesapeake;maryland.gov;War of 1812',
        'white/black/red;white/black/black;white/navy/green',
        1.3,
    ),
    'MA': _issuer(
        'Massachusetts',
        '999 AA9;99AA 99;1AA A99;999-AAA;99AA9;9AA 999',
        'The Spirit of America',
        'white/red/navy;white/red/blue;white/green/green',
        1.3,
    ),
    'MI': _issuer(
        'Michigan',
        'AAA 9999;9AA A99;AAA 999;999 AAA',
        "Great Lakes;World's Motor Capital;Pure Michigan;Water-Winter Wonderland",
        'white/navy/blue;blue/white/white;white/navy/navy;navy/white/white',
        1.3,
    ),
    'MN': _issuer(
        'Minnesota',
        '999 AAA;AAA 999;999-AAA;AAA-999',
        '10,000 lakes;EXPLORE',
        'sky/black/navy;white/navy/blue;sky/navy/navy',
    ),
    'MS': _issuer(
        'Mississippi',
        'AAA 999;999 AAA;AAA 9999;AA9 999',
        'Hospitality State;HINDS;In God We Trust',
        'white/navy/navy;pale/navy/green;sky/navy/red',
    ),
    'MO': _issuer(
        'Missouri',
        'AA9 A9A;999 AAA;AAA 999;9AA 99A',
        'Show-Me State;Bicentennial',
        'white/navy/navy;sky/navy/green;maroon/white/white',
    ),
    'MT': _issuer(
        'Montana',
        '9-99999A;99-9999;AAA999;9 9999A;99-99999',
        'Big Sky Country;Treasure State',
        'navy/white/white;white/navy/navy;sky/navy/brown',
    ),
    'NE': _issuer(
        'Nebraska',
        'AAA 999;99-A999;9-A9999;99-9999',
        'nebraska.gov;Cornhusker State',
        'white/navy/red;sand/black/brown;sky/navy/gold',
    ),
    'NV': _issuer(
        'Nevada',
        '999-AAA;99A999;AAA999;999A99;999 AAA',
        'The Silver State;Home Means Nevada',
        'white/navy/navy;sky/navy/navy;silver/navy/navy',
        3,
    ),
    'NH': _issuer(
        'New Hampshire',
        '999 9999;999 999;AAA 999',
        'Live Free or Die',
        'white/green/green;pale/green/green;mint/green/green',
    ),
    'NJ': _issuer(
        'New Jersey',
        'A99 AAA;AAA 99A;AA 999A;999 AAA',
        'Garden State',
        'gold/black/black;cream/black/black;sand/black/black',
        1.5,
    ),
    'NM': _issuer(
        'New Mexico',
        '999 AAA;AAA 999;AAA A99;999-AAA',
        'Land of Enchantment',
        'yellow/red/red;teal/yellow/yellow;gold/red/red',
    ),
    'NY': _issuer(
        'New York',
        'AAA 9999;AAA-9999;999 AAA;A9A 999;9AA 999',
        'Empire State;Excelsior',
        'gold/navy/navy;white/navy/blue;white/navy/red;orange/navy/navy',
        2,
    ),
    'NC': _issuer(
        'North Carolina',
        'AAA-9999;AAA 9999',
        'First in Flight;First in Freedom',
        'white/navy/red;white/red/navy',
        1.5,
    ),
    'ND': _issuer(
        'North Dakota',
        '999 AAA;AAA 999',
        'Peace Garden State;Discover the Spirit;Legendary',
        'sky/navy/navy;sand/black/navy;white/navy/brown',
    ),
    'MP': _issuer('CNMI USA', 'AAA 999', 'Hafa Adai', 'sky/navy/navy;white/navy/navy', 0.4),
    'OH': _issuer(
        'Ohio',
        'AAA 9999;AA99 AA;AAA 999;999 AAA;AAA9999',
        'Birthplace of Aviation;Beautiful;The Heart of it All',
        'white/navy/red;sky/navy/navy;white/blue/red',
        1.5,
    ),
    'OK': _issuer(
        'Oklahoma',
        '999 AAA;AAA 999;999-AAA;AAA-999',
        'Native America;OK;Explore',
        'white/navy/red;white/green/green;sky/navy/navy',
    ),
    'OR': _issuer(
        'Oregon',
        '999 AAA;AAA 999;999AAA',
        'Pacific Wonderland',
        'sky/navy/navy;white/navy/green;sand/blue/navy;blue/yellow/yellow',
        2.5,
    ),
    'PA': _issuer(
        'Pennsylvania',
        'AAA 9999;AAA-9999;AAA 999;AAA9999',
        'visitPA.com;Keystone State;www.state.pa.us',
        'white/navy/navy;sky/navy/yellow;navy/yellow/yellow;yellow/navy/navy',
        1.5,
    ),
    'PR': _issuer('Puerto Rico', 'AAA 999;AAA-999', 'Isla del Encanto', 'white/navy/red;sky/navy/navy', 0.4),
    'RI': _issuer(
        'Rhode Island',
        '999 999;AA 999;AA-999;99 999;1AA 999',
        'Ocean State',
        'white/navy/blue;sky/navy/blue;white/blue/navy',
    ),
    'SC': _issuer(
        'South Carolina',
        'AAA 999;999 AAA;999 9AA',
        'Smiling Faces;While I Breathe, I Hope;travel2SC.com',
        'white/black/navy;sky/navy/navy;white/navy/green',
    ),
    'SD': _issuer(
        'South Dakota',
        '9A9 999;99A 999;AAA 999;1AA 999',
        'Great Faces. Great Places;Mt. Rushmore State',
        'sky/navy/red;white/navy/red;sand/black/red',
    ),
    'TN': _issuer(
        'Tennessee',
        'AAA 9999;999 AAA;A99-99A;99A A99',
        'The Volunteer State;tnvacation.com',
        'mint/black/navy;white/navy/red;navy/white/white;mint/navy/green',
    ),
    'TX': _issuer(
        'Texas',
        'AAA-9999;AA9 A999;999 AAA;AAA 99A;AAA 9999',
        'The Lone Star State;Truck',
        'white/black/black;white/navy/red;sky/navy/navy',
        2,
    ),
    'UT': _issuer(
        'Utah',
        'A99 9AA;999 AAA;AAA 999;9A9 AA;A999AA',
        'Greatest Snow on Earth;Life Elevated;Centennial',
        'white/navy/navy;white/black/orange;sky/navy/red',
        1.5,
    ),
    'VT': _issuer(
        'Vermont', 'AAA 999;999A9;99A99;AAA 99', 'Green Mountain State', 'green/white/white;green/white/white'
    ),
    'VA': _issuer(
        'Virginia',
        'AAA-9999;AAA 9999;999-AAA;A99-99A',
        'Virginia is for Lovers;400th Anniversary',
        'white/navy/navy;white/navy/red',
        1.5,
    ),
    'VI': _issuer(
        'U.S. Virgin Islands',
        'AAA 999;CAA 999',
        "America's Caribbean;American Paradise",
        'white/navy/navy;sky/red/red',
        0.4,
    ),
    'WA': _issuer(
        'Washington',
        'AAA9999;999 AAA;999-AAA;AAA-999;A99999A',
        'Evergreen State',
        'white/navy/red;sky/navy/red;white/blue/red',
        2.5,
    ),
    'WV': _issuer(
        'West Virginia',
        '9AA 999;99A 999;AA 9999;O 999999',
        'Wild, Wonderful',
        'white/navy/navy;white/navy/yellow;sky/navy/gold',
    ),
    'WI': _issuer(
        'Wisconsin',
        '999-AAA;AAA-9999;AAA 999;999 AAA',
        "America's Dairyland",
        'white/black/red;white/red/black;sky/navy/red',
        1.3,
    ),
    'WY': _issuer(
        'Wyoming',
        '1 9999;19 9999;99 999A;1-99999',
        'Like no place on Earth;Forever West',
        'sky/navy/brown;white/brown/navy;sand/navy/navy',
    ),
    'AS': _issuer(
        'American Samoa', '9999;99999;AAA 999', 'Motu O Fiafiaga', 'sky/black/navy;white/red/navy', 0.3
    ),
}

# Letters that an issuer's serials leave out, since they are taken for digits or for one another: what toll and
# citation offices give the people who key plates in, and what collectors have noted down. Personalised plates may
# have them. California's own are in its formats: `a` there is no I, O or Q, which stand in the middle alone.
SKIPPED_LETTERS: dict[str, str] = {
    **dict.fromkeys('CT FL GA HI ID KS MN MO MT NE NV NJ NM TX UT KY ME NH NY NC TN MS'.split(), 'O'),
    'MI': 'IO',
    'AL': 'IOQ',
    'VA': 'IOQ',
    **dict.fromkeys(('AZ', 'MD', 'PA'), 'IOQU'),
}

# Serials of cabs, hired cars and lorries, whose shapes are their own, and how many of their last characters are small:
# New York's cars for hire begin with T and end with C, its cabs end with a small letter.
HIRE_FORMATS: tuple[tuple[str, str, int], ...] = (
    ('NY', 'T999999C', 0), ('NY', 'T999999C', 0), ('NY', 'Y999999C', 0), ('NY', '9A99A', 1), ('NY', '9A99A', 1),
    ('NY', '9999 99', 2), ('NY', '99999-AA', 0), ('NY', '99999-AA', 0), ('NJ', 'XAAA 99', 0), ('NJ', 'OA 999A', 0),
    ('IL', '9999 TX', 2), ('DC', 'H 99999', 0), ('CA', '99999A9', 0), ('PA', 'AA-99999', 0),
)  # fmt: skip

# Serial shapes that fit no issuer in particular: old, foreign, official and commercial plates.
GENERIC_FORMATS: tuple[str, ...] = (
    'AAA 999',
    '999 AAA',
    'AAA 9999',
    '9999 AAA',
    'AA 9999',
    '9999 AA',
    'A 99999',
    '99999 A',
    'AA 99999',
    '999 9999',
    '99-9999',
    '999-999',
    '99999',
    '9999',
    'A99 999',
    'A 9999',
    '99A 999',
    'AA-99-AA',
    '9AA 999',
    'AAA 99',
    'AA 999 AA',
    'AA99 AAA',
    '9A9 99A',
    '9A99999',
    'AA 999A',
    '9A9 9999',
    'A9A 9A9',
    'A99 9AA',
    'AAAA 99',
    '99 AAAA',
    '9-999-999',
    '99.99.99',
    'A99999',
    'AA999',
    '999A',
    '9A 9999',
    '99A9999',
    '999AA',
    'A-99999',
    '99 999',
)
