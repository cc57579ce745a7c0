/** Messages about files of polygons. */
export const polygonLabelsText = {
  withoutArea: (features: number) =>
    `${features} of its features are points, lines or empty and were left out`,
  withoutProperty: (features: number, property: string) =>
    `${features} of its features have no ${property} and were left out`,
  noImageOfItsName:
    'its coordinates are pixels of one image, but no image has its name. Give it the name of its image',
  outsideItsImage: (path: string) =>
    `${path} has the name of this image, but none of its polygons overlaps it. Check its coordinates, or give it another name.`,

  tooManyFeatures: (path: string, features: number, limit: number) =>
    `${path} has ${features} features, more than the limit of ${limit}. Split it.`,
  moreFeatures: (path: string, limit: number) =>
    `${path} has more than ${limit} features. Simplify or split it.`,
  morePoints: (path: string, limit: number) =>
    `${path} has more than ${limit} points. Simplify or split it.`,
  tooManyTogether: (path: string, limits: { features: number; points: number }) =>
    `The polygons in ${path} have more than ${limits.features} features or ${limits.points} points together. Import them in parts.`,
  tooManyValues: (path: string, property: string, limit: number) =>
    `The property “${property}” of ${path} has more than ${limit} different values, but a mask can hold ${limit} classes. Choose another property.`,

  noConversion: (path: string, { from, to }: { from: string; to: string }) =>
    `${path}: coordinates cannot be converted from ${from} to ${to}, as one of the two systems is unknown. Reproject the polygons to the image’s coordinates, or rasterise them.`,
  /** @param system its name; empty if the file refers to it by a link */
  unknownSystem: (path: string, system: string) =>
    `${path} has an unknown coordinate system (${system || 'given as a link'}). Save it in longitude and latitude (WGS 84).`,
  imageWithoutSystem: (path: string) =>
    `The image has no coordinate system, so ${path} cannot be drawn on it. Save the image with its coordinate system.`,
};

/** Messages about GeoJSON files of labels. Features are counted from 1. */
export const geoJsonLabelsText = {
  /** @param why one of the reasons below */
  notValid: (path: string, why: string) =>
    `${path} cannot be read as GeoJSON polygons in longitude and latitude: ${why}. Export it again as RFC 7946 GeoJSON.`,
  notAnObject: 'it is not a JSON object',
  notACollection: 'it is not a FeatureCollection',
  noRings: (feature: number) => `feature ${feature} has no rings`,
  ringTooShort: (feature: number) => `feature ${feature} has a ring of fewer than four points`,
  notNumbers: (feature: number) => `feature ${feature} has a point that is not a pair of numbers`,
  notDegrees: (feature: number, coordinate: number) =>
    `feature ${feature} has the coordinate ${coordinate}, which is not a longitude or latitude, and the file states no other coordinate system`,
};

/** Messages about GeoPackage label files. */
export const geoPackageLabelsText = {
  /** @param why one of the reasons below */
  notValid: (path: string, why: string) =>
    `${path} cannot be read as a GeoPackage: ${why}. Export it again, or save it as GeoJSON.`,
  damaged: 'it is damaged or cut short',
  noLayers: 'it lists no layers',
  layerMissing: (layer: string) => `its layer “${layer}” is missing`,
  inUse: (path: string) =>
    `${path} is in use by another program, which has not yet saved its changes into the file. Close it there.`,
};
