/** Messages about masks exported as polygons: GeoJSON and GeoPackage. */
export const vectorText = {
  pixelCoordinatesDown:
    'The image has no geographic position: coordinates of the polygons are pixels from its upper left corner, with rows going down.',
  pixelCoordinatesNegative:
    'The image has no geographic position: coordinates of the polygons are pixels from its upper left corner, with negative y below it.',
  withoutLongitude:
    'Some polygons are left out because parts of them have no longitude and latitude.',
  acrossMeridian: 'Some polygons reach across the 180th meridian. They are not split there.',
  unknownConversion: (crs: string) =>
    `GeoJSON needs longitude and latitude, but the conversion from ${crs} is unknown. Export as GeoPackage or GeoTIFF, which keep the image’s coordinates.`,
  /** @param crs coordinate system as the image states it; null if it states none */
  unknownSystem: (crs: string | null) =>
    `The polygons have the coordinates of the image, but their coordinate system is unknown${crs === null ? '' : ` (“${crs}” is neither a code nor a definition)`}.`,
  smallRegions: (regions: number, smallest: number) =>
    `${regions === 1 ? '1 region has' : `${regions} regions have`} fewer than ${smallest} pixels and were left out.`,
  areasInPieces:
    'Rows of the image do not follow parallels: areas are computed from short pieces of rows, each at its centre.',
  tooManyCorners:
    'A region has more corners than a GeoPackage can hold. Choose simpler borders, or export a raster.',
};
