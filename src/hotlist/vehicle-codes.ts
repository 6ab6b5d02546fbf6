/** Colours as NCIC writes them (VCO); two are joined by a slash, the upper or front one first. */
const colours = new Map(
  `AME amethyst|BGE beige|BLK black|BLU blue|BRO brown|BRZ bronze|CAM camouflage|COM chrome|CPR copper|CRM cream|
DBL dark blue|DGR dark green|GLD gold|GRN green|GRY gray|LAV lavender|LBL light blue|LGR light green|MAR maroon|
MUL multicoloured|MVE mauve|ONG orange|PLE purple|PNK pink|RED red|SIL silver|TAN tan|TEA teal|TPE taupe|
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

/** The words for a colour: "GRY" is gray, "BLK/WHI" black and white. A text that is not a code stays. */
export function colourInWords(text: string): string {
  const parts = text.toUpperCase().split('/');
  const words = parts.map((part) => colours.get(part.trim()));
  return words.every((word) => word !== undefined) ? words.join(' and ') : text;
}

/** The name of a make: "TOYT" is Toyota. A text that is not a code stays. */
export function makeInWords(text: string): string {
  return makes.get(text.toUpperCase().trim()) ?? text;
}
