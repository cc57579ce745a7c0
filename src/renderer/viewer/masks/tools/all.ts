import type { Tool } from '../../tools/tool.ts';
import type { MaskToolId } from '../tool-settings.svelte.ts';
import type { Board } from './board.ts';
import { BrushTool } from './brush.ts';
import { PolygonTool } from './polygon.ts';
import { regionTool } from './region.ts';

/**
 * Tools of the mask editor by ID.
 *
 * @param board painting target of the tools
 * @param strokes painting target of the suggestion tool
 */
export function createMaskTools(board: Board, strokes: Board): Readonly<Record<MaskToolId, Tool>> {
  return {
    brush: new BrushTool('brush', board),
    eraser: new BrushTool('eraser', board),
    'threshold-brush': new BrushTool('threshold-brush', board),
    suggest: new BrushTool('suggest', strokes),
    polygon: new PolygonTool(board),
    fill: regionTool('fill', board),
    wand: regionTool('wand', board),
  };
}
