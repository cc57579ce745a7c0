import type { Raster } from '../../image/raster.ts';
import type { Random } from '../../random.ts';
import { chance, direction, type Vector } from '../drawing.ts';
import { coarse, makeNoise } from '../noise.ts';
import type { CellKind } from './nucleus.ts';
import { paintPlatelets, paintRedCells } from './red-cells.ts';
import { makeSlide, type Slide } from './slide.ts';
import { drawRadius, paintWhiteCell } from './white-cell.ts';

/** Draws a field of a stained blood film around a white cell, with the class of each pixel. */
export function drawCellField(
  random: Random,
  side: number,
  kind: CellKind,
): { image: Raster; mask: Raster } {
  const slide = makeSlide(random, side);
  const radius = drawRadius(slide, kind);
  const centre: Vector = {
    x: side * random.uniform(0.3, 0.7),
    y: side * random.uniform(0.3, 0.7),
  };
  paintRedCells(slide, centre, radius);
  paintPlatelets(slide);
  paintWhiteCell(slide, kind, centre, radius);
  paintMicroscope(slide);
  const image = slide.canvas.toRaster(random, random.uniform(0.1, 0.8));
  return { image, mask: { width: side, height: side, channels: 1, data: slide.mask } };
}

/** Paints uneven illumination, exposure, white balance, dirt out of focus, and the focus itself. */
function paintMicroscope({ canvas, random }: Slide): void {
  const { side } = canvas;
  const towards = direction(random);
  const fall = random.uniform(0, 0.06);
  const gain = random.uniform(0.9, 1.04);
  const warm = random.uniform(-0.03, 0.03);
  const dirt = coarse(side, makeNoise(random, { scale: 40, octaves: 2 }));
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const off = ((x - side / 2) * towards.x + (y - side / 2) * towards.y) / side;
      const light = gain * (1 - fall * off + 0.02 * dirt(x, y));
      canvas.filter(pixel, light * (1 + warm), light, light * (1 - warm));
    }
  canvas.blur(chance(random, 0.06) ? random.uniform(1, 1.4) : random.uniform(0.5, 0.8));
}
