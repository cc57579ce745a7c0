import { z } from 'zod';
import {
  exportedMasks,
  labelExportChoices,
  labelExportReport,
  labelFormat,
} from '../label-export.ts';
import {
  adoption,
  maskInfo,
  maskLayer,
  maskState,
  maskTile,
  maskTileChange,
  maskTilePatch,
  maskTilePlace,
  suggestion,
  suggestionPlace,
  suggestionRequest,
} from '../masks.ts';
import { id, nothing, path } from '../values.ts';
import type { Method } from '../values.ts';

/** Methods of masks, and of the export of labels and masks. */
export const maskMethods = {
  /**
   * Lists the masks of an image. Model masks are those of `run`; with null, those of the latest run that has one, per
   * layer.
   */
  'mask.list': {
    params: z.strictObject({ image: id, run: id.nullable().default(null) }),
    result: z.array(maskInfo),
  },
  /**
   * Returns those of the requested tiles that are not all background; at level k, one pixel covers 2^k × 2^k.
   */
  'mask.tiles': {
    params: z.strictObject({
      image: id,
      layer: maskLayer,
      /** Run whose masks are requested; null as for `mask.list`. */
      run: id.nullable().default(null),
      level: z.int().min(0).max(16).default(0),
      tiles: z.array(maskTilePlace).min(1).max(64),
    }),
    result: z.array(maskTile),
  },
  /** Replaces tiles of the user's layer, all or none of them. */
  'mask.save': {
    params: z.strictObject({ image: id, tiles: z.array(maskTileChange).min(1).max(256) }),
    result: maskInfo,
  },
  /**
   * Whether the mask is done. A mask may be done without any marks: then the image shows none of the classes.
   */
  'mask.setState': { params: z.strictObject({ image: id, state: maskState }), result: maskInfo },
  /**
   * Copies a predicted mask into the user's layer (see `adoption`), all or nothing. Fails with 'not-found' if there
   * is no such mask, and with 'too-large' if it exceeds one edit. Returns null and no tiles if nothing would change;
   * the mask is then neither changed nor created.
   */
  'mask.adopt': {
    params: adoption.extend({ image: id }),
    result: z.strictObject({ info: maskInfo.nullable(), tiles: z.array(maskTilePatch) }),
  },
  /** Lists how the labels of a project can be exported, judging by some of its files. */
  'labels.choices': { params: z.strictObject({ project: id }), result: labelExportChoices },
  /** Writes labels into a folder, or into a new subfolder if it is not empty. Emits `labels.progress`. */
  'labels.export': {
    params: z.strictObject({
      project: id,
      format: labelFormat,
      which: exportedMasks.default('all'),
      folder: path,
    }),
    result: labelExportReport,
  },
  /** Stops an export; complete files stay. */
  'labels.stopExport': { params: z.strictObject({ project: id }), result: nothing },
  /**
   * Suggests the rest of a region from a few strokes (see contract/masks). Fails with 'invalid-labels' without
   * strokes or with strokes of one kind only, and with 'not-found' without a teacher.
   */
  'mask.suggest': { params: suggestionRequest.extend({ image: id }), result: suggestion },
  /** Prepares a region for `mask.suggest`, which then answers at once. */
  'mask.prepareSuggestion': { params: suggestionPlace.extend({ image: id }), result: nothing },
} as const satisfies Record<string, Method>;
