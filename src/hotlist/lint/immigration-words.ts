/** What a rule says of a text that it fits: about immigration enforcement, perhaps, or certainly not. */
export type Weight = 'denied' | 'unsure';

/** A way of speaking of immigration enforcement; patterns see small letters, single spaces and no accents. */
export interface WordRule {
  /** What the text speaks of, for the person who is refused or warned. */
  about: string;
  weight: Weight;
  pattern: RegExp;
}

/** People, in the words of reports. */
const person =
  '(?:subjects?|drivers?|owners?|persons?|people|famil(?:y|ies)|individuals?|occupants?|suspects?|man|men|woman|women|males?|females?|workers?|laborers?|migrants?|immigrants?|aliens?|students?|farmworkers?|kids?|child|children|teens?|juveniles?|minors?|passengers?|him|her|them)';
const country = '(?:the )?(?:united states|usa?|country)';

const rule = (about: string, weight: Weight, pattern: string): WordRule => ({
  about,
  weight,
  pattern: new RegExp(`\\b(?:${pattern})\\b`, 'u'),
});

/** Agencies of immigration enforcement, and their parts, by name and abbreviation. */
export const agencyRules: readonly WordRule[] = [
  rule(
    'Immigration and Customs Enforcement (ICE)',
    'denied',
    'immigrations? (?:and )?customs enforcement|customs enforcement|us ?ice(?= |$)|ero|enf(?:orcement)? (?:and )?removal(?: operations| ops)?|fugitive operations|(?:deportation|removal) (?:officers?|ofcs?)|law enforcement support center|lesc|opla|principal legal advis[oe]r|sevp|sevis',
  ),
  rule(
    'Customs and Border Protection (CBP)',
    'denied',
    'customs (?:and )?border (?:protection|patrol)|cbp|cpb|border patrol|border patrols|border protection|usbp|bortac|national targeting center|ntc p|office of field operations|ofo|(?:us|united states) customs|air and marine operations',
  ),
  rule(
    'Citizenship and Immigration Services (USCIS)',
    'denied',
    'uscis|citizenship (?:and )?immigration services?|naturalization services?',
  ),
  rule('an immigration court (EOIR)', 'denied', 'eoir|immigration (?:court|judge|review)'),
  rule(
    'una agencia de inmigración',
    'denied',
    'patrulla fronteriza|servicio de inmigracion|la migra|seguridad nacional',
  ),
];

/** Homeland Security Investigations: part of ICE, but also a partner in cases that are none of immigration. */
export const hsi = /\b(?:hsi|homeland security investigations?)\b/u;
export const crimesWithHsi =
  /\b(?:trafficking|exploitation|children|child|icac|fentanyl|narcotics?|drugs?|hidta|gangs?|counterfeit|laundering|cartels?|dea|guns?|firearms?|weapons?)\b/u;

/** The department as a whole, unless one of its parts is named that enforces no immigration law. */
export const homeland = /\b(?:dhs|homeland security)\b/u;
export const notHomeland =
  /\bdesert hot springs\b|\b(?:health|human|social) services\b|\bcounty dhs\b/u;
export const softHomeland =
  /\b(?:tsa|transportation security|fema|emergency management|secret service|usss|coast guard|uscg|cgis|cisa|cybersecurity|federal protective|air marshals?|inspector general|fletc|california|state|governors?|county|grants?|division)\b/u;

/** Parts of Homeland Security, and others, of which a person decides. */
export const otherAgencyRules: readonly WordRule[] = [
  rule(
    'a part of Homeland Security',
    'unsure',
    'tsa|transportation security|fema|secret service|usss|coast guard|cisa|federal protective service|(?:federal )?air marshals?(?: service)?',
  ),
  rule(
    'a task force or agency of the federal government',
    'unsure',
    'joint terrorism task force|jttf|federal task force|federal agents?|federal agency',
  ),
  rule(
    'a consulate or the State Department',
    'unsure',
    'consulate(?: general)?|consular|diplomatic security',
  ),
];

/** Purposes and words of immigration enforcement. */
export const purposeRules: readonly WordRule[] = [
  rule(
    'deportation',
    'denied',
    'deport|deports|deport(?:ed|ing|able|ations?|ees?)|deporta(?:r|do|dos|da|das|cion(?:es)?)|expulsion del pais|orden(?:es)? de expulsion',
  ),
  rule(
    'removal from the country',
    'denied',
    `removals? of (?:the |all |any )?(?:criminal |illegal |undocumented )?(?:aliens?|non ?citizens?|immigrants?|migrants?|foreign nationals?|foreigners)|removal (?:proceedings?|orders?|hearings?)|(?:orders?|warrants?) of removal|removal warrants?|ordered removed|(?:immigrants?|migrants?|aliens?|noncitizens?) (?:for|to) (?:removal|deport\\w*)|expedited removal|remov(?:e|al|als|ing|ed)(?: \\S+){0,4} from ${country}|removable`,
  ),
  rule(
    'an immigration detainer or hold',
    'denied',
    '(?:immigration|ice|civil|dhs|cbp|ero|hsi)(?: \\S+)? detainers?|detainers?(?: \\S+){0,3} (?:for|from|by) (?:immigration|ice|dhs|cbp|ero|hsi)|(?:immigration|ice|dhs|cbp|ero|hsi) holds?|holds?(?: \\S+){0,3} for (?:immigration|ice|dhs|cbp|ero|hsi|border patrol)',
  ),
  rule(
    'immigration or citizenship status',
    'denied',
    `(?:immigration|citizenship|alien|migratory|residency|visa) status|(?:no|lacks?|lacking|without|lost) legal status|legal status (?:in ${country}|of (?:the )?(?:registered )?${person})|here (?:(?:il)?legally|(?:un)?lawfully)|(?:il)?legally (?:in ${country}|present|here)|unlawfully in ${country}|(?:${country}|border) (?:(?:il)?legally|(?:un)?lawfully)|(?:check\\w*|verify|confirm)(?: \\S+){0,5} (?:us|american|united states) citizens?|not an? (?:us |american )?citizen|unlawful(?:ly)? presen(?:ce|t)|illegal(?:ly)? presen(?:ce|t)|out of status|estatus (?:migratorio|legal)`,
  ),
  rule(
    'unlawful entry into the country',
    'denied',
    `(?:illegal|unlawful) re ?entry|re ?entry after (?:deportation|removal)|reentry|(?:illegal|unlawful) entry (?:in|into|to) ${country}|entered without inspection|ewi|(?:visa|status) overstays?|overstay(?:s|ed|ing)?(?: \\S+){0,2} visas?|visas?(?: \\S+){0,3} overstay(?:s|ed|ing)?|(?:illegally|unlawfully) (?:enter|cross|re ?enter)(?:s|ed|ing) (?:${country}|the border)|entry without inspection|improper entry`,
  ),
  rule(
    'aliens',
    'denied',
    '(?:illegal|criminal|undocumented|deportable|unauthori[sz]ed|removable) aliens?|aliens|a numbers? \\d{7,9}|alien (?:smuggl\\w+|absconders?|fugitives?|registration|numbers?|removal|harboring)',
  ),
  rule(
    'people without papers',
    'denied',
    `undocumented(?: \\S+)? ${person}|${person} (?:is|are|was|were|may be|might be|possibly) undocumented|undocumenteds|an illegal(?= (?:from|driver|in)|$)|without (?:valid |legal |immigration )?papers|illegals|(?:illegal|unlawful) (?:immigrants?|migrants?|workers?|foreigners?|labor)|indocumentad[oa]s?|sin papeles|extranjer[oa]s? ilegal(?:es)?|ilegales|ilegal en el pais|worksite enforcement|unauthori[sz]ed workers?`,
  ),
  rule(
    'federal immigration law',
    'denied',
    'laken riley(?: act)?|title eight(?= |$)|title 8 (?:us ?c|usc|united states|us code|violat\\w+|section|charges?|warrants?|arrests?|offenses?|authority|enforcement|case)|(?:violat\\w+|under|per|charged with|authority of) title 8|title viii (?:usc|violat\\w+)|8 ?us ?c(?:ode)?\\d*|287 ?g|ina (?:section )?\\d+\\w*|secure communities|sanctuary violat\\w+|immigration and nationality act',
  ),
  rule(
    'an immigration or administrative warrant',
    'denied',
    '(?:administrative|civil|immigration)(?: immigration| ice| dhs| removal)? warrants?|i ?247\\w?|(?:form )?i ?200(?! (?:at|near|east|west|north|south))|form i ?205|i ?205 (?:warrants?|forms?|served|orders?)|(?:warrants?|served|serve|served with|execute) (?:an? )?i ?205',
  ),
  rule('inmigración', 'denied', 'inmigracion|migratori[oa]s?|la migra|migra'),
];

/** Words with another meaning as well, which a person looks at. */
export const unsureRules: readonly WordRule[] = [
  rule('a detainer', 'unsure', '(?<!unlawful )detainers?'),
  rule(
    'a hold on a person',
    'unsure',
    `holds? (?:\\S+ ){0,2}for (?:\\S+ ){0,2}(?:prints|fingerprints|questioning|interviews?|identification|pick ?up|transport|feds|(?:federal|other|another|outside) \\S+)|holds? (?:the |an? )?${person}|federal holds?|agency holds?`,
  ),
  rule(
    'the status of a person',
    'unsure',
    `status checks?|(?:his|her|their) (?:legal )?status|status of (?:the )?(?:registered )?${person}|legal status(?! of (?:the )?(?:vehicle|car|lien|title|property|trailer|plate))`,
  ),
  rule('removal of people', 'unsure', `removals? of (?:the |an? )?${person}`),
  rule('aliens', 'unsure', 'alien(?! ware)|non ?citizens?|(?:us|american) citizens?'),
  rule(
    'people or things without papers',
    'unsure',
    'undocumented(?! (?:damage|firearms?|guns?|weapons?|vehicles?|property|injur\\w+|sales?|repairs?|overtime|hours|expenses?|payments?|cash|dents?|scratch\\w*))|no (?:valid |legal )?papers|papers check',
  ),
  rule(
    'federal law on aliens',
    'unsure',
    'title 8(?=$| (?:of|code|regulations?|ccr|california|cal|removal|hold)\\b)',
  ),
  rule(
    'a civil or administrative warrant',
    'unsure',
    'administrative \\S+ warrants?|civil \\S+ warrants?',
  ),
  rule(
    'form I-205, or a road',
    'unsure',
    '(?<!(?:eastbound|westbound|northbound|southbound|on|off|at|near|of|from|to|along|eb|wb|nb|sb) )i ?205(?! (?:at|near|and|off|on|between|east\\w*|west\\w*|north\\w*|south\\w*|freeway|fwy|highway|hwy|exit|offramp|onramp|ramp|overpass|crash|to|by|camera|corridor))',
  ),
  rule(
    'migrants or the border',
    'unsure',
    'migrants?|immigrants?|day laborers?|asylum(?: seekers?)?|refugees?|farm ?workers?|border cross\\w+|cross\\w* the border|across the border|human smuggl\\w+|foreign (?:nationals?|drivers?|persons?)|foreigners?',
  ),
  rule(
    'papers of residence',
    'unsure',
    'green cards?|visa (?:fraud|check\\w*|holders?|applicants?)|[uth] ?visas?|work permits?|redadas?|passport (?:check\\w*|status|fraud)|sanctuary',
  ),
];

/** Near the word immigration: those who advise, cheat or demonstrate, and no authority. */
export const civilNear =
  /\b(?:attorneys?|lawyers?|consultants?|fraud|scams?|rall(?:y|ies)|protests?|march|rights|clinics?|advocates?|notarios?|services? office)\b/u;
/** Near the word immigration: what authorities do. */
export const officialNear =
  /\b(?:enforc\w+|holds?|detain\w*|status|warrants?|court|judge|raids?|violat\w+|arrest\w*|operations?|agents?|officers?|officials?|authorit\w+|check\w*|task|laws?)\b/u;

/** Someone othersNear to be an agent, or demonstrates before one: no work of the agency. */
export const othersNear =
  /\b(?:protest\w*|rall(?:y|ies)|vigil|demonstrat\w+|impersonat\w+|pos(?:ed|es|ing) as|pretend\w*|claim(?:ed|ing|s) to be|fake)\b/u;

/** After the word ice: what is frozen, a drug, or the entry for an emergency. */
export const plainIce =
  /^(?:creams?|rinks?|skat\w+|hockey|machines?|chests?|house|box|boxes|cubes?|storm|plant|company|packs?|pick|maker|bags?|bucket|cold|tea|water|fishing|truck|contacts?|numbers?|entry|meth\w*|vehicles?|cars?|engines?|concert|castle|arena|road|rd|st|street|dr|drive|ave)$/u;
/** After the word ice: what only an agency has or does. */
export const agencyAfterIce =
  /^(?:agents?|officers?|holds?|detain\w*|raids?|warrants?|pickups?|custody|facilit\w+|arrests?|operations?|enforcement|fugitives?|administrative|removals?|processing|ero|task|teams?|field|deport\w*|federal|investigat\w+|request\w*|list|referral|transfer\w*)$/u;
/** Before the word ice: what is done for or with an agency. */
export const agencyBeforeIce =
  /\b(?:assist\w*|help\w*|notify|notif\w+|contact\w*|call\w*|request of|behalf of|shared? with|refer\w* to|coordinat\w+ with|requested by|federal|agency)(?: the| an?)?$/u;
/** Before the word ice: where an agency is handed something. */
export const perhapsBeforeIce =
  /\b(?:(?:pass|turn|hand|give|gave|send|sent|forward)\w*(?: \S+)? to|for|to)$/u;
