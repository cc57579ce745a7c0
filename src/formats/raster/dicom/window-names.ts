/** Words that devices use for windows: their order, their hardness, and their purpose. */
const words: ReadonlySet<string> = new Set(
  [
    'w window win wl ww default normal standard std auto algo original user preset custom center centre',
    'hard harder soft softer sharp smooth narrow wide low high medium bright dark full range',
    'minmax percentile linear sigmoid voi lut opt optimal clinical',
    'abdomen abdominal angio angiography aorta bone bones brain breast cardiac cerebrum chest coronary',
    'cta ct mr mri mra pet extremity fat foot hand head heart hip kidney knee larynx liver lung lungs',
    'mediastinum mediastinal metal muscle neck orbit orbits pancreas parenchyma pelvis petrous posterior',
    'post ant anterior fossa shoulder sinus sinuses skin skull spine spleen stroke subdural temporal thorax tissue',
    'vascular vessel vessels blood bleed contrast enhanced implant mammo mammography ear inner',
    'knochen weichteil weichteile lunge gehirn leber becken hals kopf thorax',
    'os poumon cerveau foie tissus mous hueso pulmon cerebro higado blando blandos tejido tejidos',
  ].flatMap((line) => line.split(' ')),
);

/** A window's number, up to two digits, may stand alone or after a word. */
const numberBehind = /\d{1,2}$/;

/**
 * Returns the name of a window if every word of it is a usual one; else null. The text is free (PS3.3, C.11.2.1.2), and
 * may contain a patient's name or number.
 */
export function windowName(explanation: string): string | null {
  const parts = explanation.toLowerCase().split(/[\s_\-/.,:()]+/);
  const named = parts.map((part) => part.replace(numberBehind, '')).filter((word) => word !== '');
  if (named.length === 0 || named.length > 4) return null;
  const digits = explanation.match(/\d/g)?.length ?? 0;
  return digits <= 2 && named.every((word) => words.has(word)) ? explanation : null;
}
