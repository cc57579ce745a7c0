import type { Tool } from '../../tools/tool.ts';
import type { MaskToolId } from '../tool-settings.svelte.ts';
import type { Board } from './board.ts';
import { brushTool } from './brush.ts';
import { polygonTool } from './polygon.ts';
import { regionTool } from './region.ts';

/**
 * Tools of the mask editor by ID.
 *
 * @param board painting target of the tools
 * @param strokes painting target of the suggestion tool
 */
export function createMaskTools(board: Board, strokes: Board): Readonly<Record<MaskToolId, Tool>> {
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
