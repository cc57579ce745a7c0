import type { Tool } from '../../tool.ts';
import type { MaskToolId } from '../tool-settings.svelte.ts';
import type { Board } from './board.ts';
import { brushTool } from './brush.ts';
import { polygonTool } from './polygon.ts';
import { regionTool } from './region.ts';

/**
 * Every tool that works on masks.
 *
 * @param board what is painted on
 * @param strokes what takes strokes that a suggestion is made of
 */
export function maskTools(board: Board, strokes: Board): Readonly<Record<MaskToolId, Tool>> {
  return {
    brush: brushTool('brush', board),
    eraser: brushTool('eraser', board),
    'threshold-brush': brushTool('threshold-brush', board),
    suggest: brushTool('suggest', strokes),
    polygon: polygonTool(board),
    fill: regionTool('fill', board),
    wand: regionTool('wand', board),
  };
}
