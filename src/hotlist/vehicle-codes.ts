/** Colours as NCIC writes them (VCO); two are joined by a slash, the upper or front one first. */
const colours = new Map(
  `AME amethyst|BGE beige|BLK black|BLU blue|BRO brown|BRZ bronze|CAM camouflage|COM chrome|CPR copper|CRM cream|
DBL dark blue|DGR dark green|GLD gold|GRN green|GRY gray|LAV lavender|LBL light blue|LGR light green|MAR maroon|
MUL multicoloured|COL multicoloured|MVE mauve|ONG orange|PLE purple|PNK pink|RED red|SIL silver|TAN tan|TEA teal|TPE taupe|
TRQ turquoise|WHI white|YEL yellow`
    .split('|')
    .map((line) => line.trim())
    .map((line) => [line.slice(0, 3), line.slice(4)] as const),
);

/** Makes as NCIC writes them (VMA). */
const makes = new Map(
  `ACUR Acura|ALFA Alfa Romeo|AMER American Motors|ASTO Aston Martin|AUDI Audi|BENT Bentley|BMW BMW|BUIC Buick|
CADI Cadillac|CHEV Chevrolet|CHRY Chrysler|DAEW Daewoo|DATS Datsun|DODG Dodge|DUCA Ducati|EAGL Eagle|FERR Ferrari|
FIAT Fiat|FORD Ford|FRHT Freightliner|GENS Genesis|GEO Geo|GMC GMC|HD Harley-Davidson|HINO Hino|HOND Honda|HUMM Hummer|
HYUN Hyundai|INFI Infiniti|INTL International|ISU Isuzu|JAGU Jaguar|JEEP Jeep|KAWK Kawasaki|KIA Kia|KW Kenworth|
LAMO Lamborghini|LEXS Lexus|LINC Lincoln|LNDR Land Rover|LOTU Lotus|MACK Mack|MASE Maserati|MAZD Mazda|MERC Mercury|
MERZ Mercedes-Benz|MITS Mitsubishi|MNNI Mini|NISS Nissan|OLDS Oldsmobile|PLYM Plymouth|PONT Pontiac|PORS Porsche|
PTRB Peterbilt|RAM Ram|ROL Rolls-Royce|SAA Saab|SCIO Scion|STRN Saturn|SUBA Subaru|SUZI Suzuki|TESL Tesla|TOYT Toyota|
TRIU Triumph|VOLK Volkswagen|VOLV Volvo|WSTR Western Star|YAMA Yamaha`
    .split('|')
    .map((line) => line.trim())
    .map((line) => {
      const [code = ''] = line.split(' ', 1);
      return [code, line.slice(code.length + 1)] as const;
    }),
);

/** Colours that a list writes out in capitals. */
const coloursByName = new Map([
  ['GREY', 'gray'],
  ...[...colours.values()].map((name) => [name.toUpperCase(), name] as const),
]);

/** The words for a colour: "GRY" is gray, "BLK/WHI" black and white. A text that is not a code stays. */
export function colourInWords(text: string): string {
  const words = text.split('/').map((part) => {
    const trimmed = part.trim();
    return colours.get(trimmed.toUpperCase()) ?? coloursByName.get(trimmed);
  });
  return words.every((word) => word !== undefined) ? words.join(' and ') : text;
}

/** Makes by their names in capitals. */
const makesByName = new Map([...makes.values()].map((name) => [name.toUpperCase(), name]));

/** Models as NCIC writes them (VMO), by the name of the make: the most usual ones. The code manual is not public. */
const models = new Map(
  `Honda ACC Accord|Honda CIV Civic|Toyota CAM Camry|Toyota COA Corolla|Nissan ALT Altima|Nissan MAX Maxima|
Nissan SEN Sentra|Ford EXP Explorer|Ford MUS Mustang|Ford TAU Taurus|Chevrolet IMP Impala|Chevrolet MAL Malibu`
    .split('|')
    .map((line) => line.trim().split(' '))
    .map(([make, code, name = '']) => [`${make} ${code}`, name] as const),
);

/** The name of a make: "TOYT" and "TOYOTA" are Toyota. A text that is neither stays. */
export function makeInWords(text: string): string {
  const code = text.toUpperCase().trim();
  return makes.get(code) ?? makesByName.get(code) ?? text;
}

/** The name of a model of a make: "ACC" of Honda is Accord. A text that is not a code stays. */
export function modelInWords(make: string, text: string): string {
  return models.get(`${make} ${text.toUpperCase().trim()}`) ?? text;
}
