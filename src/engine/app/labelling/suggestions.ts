import type { ParsedParams } from '../../../contract/app.ts';
import type { Suggestion } from '../../../contract/masks.ts';
import { UserError } from '../../../core/errors.ts';
import { tilesIn, tileExtent, tileSide, type MaskTile } from '../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../core/mask/tiles.ts';
import type { Store } from '../../../store/store.ts';
import type { FeatureProgress, FeatureRequest } from '../../suggest/protocol.ts';
import type { Emit } from '../../events.ts';
import { SuggestProcess } from './suggest-process.ts';
import { maskEditingText, suggestionText } from '../../../text/index.ts';

/** Most tiles per request: 4096 × 4096 px at any offset. */
const mostTiles = 81;
/** Minimum number of tiles for progress events: fewer are done before the user has read them. */
const worthTelling = 8;

/** Suggests masks from a few strokes. Stores nothing. */
export class SuggestionService {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #process: SuggestProcess;

  constructor(store: Store, emit: Emit, process = new SuggestProcess()) {
    this.#store = store;
    this.#emit = emit;
    this.#process = process;
  }

  /**
   * Suggests a mask for a region.
   *
   * @throws UserError 'invalid-labels' if strokes are missing, 'not-found' (image, its file, no teacher),
   * 'invalid-option' (a stroke or the region outside the image, a value of no class), 'cancelled'; as `readImage`
   */
  async suggest(params: ParsedParams<'mask.suggest'>, signal: AbortSignal): Promise<Suggestion> {
    const { image, strokes, level, useMask } = params;
    const { request, size, project } = this.#look(params);
    for (const stroke of strokes) requireInside(stroke, size);
    const known = this.#store.classes
      .list(project)
      .flatMap(({ maskValue }) => (maskValue === null ? [] : [maskValue]));
    const mask = useMask ? this.#saved(image, request.region, size) : [];
    const suggested = await this.#process.ask(
      { kind: 'suggest', request: { ...request, level, known, mask, strokes } },
      signal,
      this.#progressReporter(image),
    );
    if (suggested === null) throw new Error('expected a suggestion from the process, got none');
    return suggested;
  }

  /** @throws UserError as `suggest`, except for strokes */
  async prepare(
    params: ParsedParams<'mask.prepareSuggestion'>,
    signal: AbortSignal,
  ): Promise<null> {
    const { request } = this.#look(params);
    await this.#process.ask(
      { kind: 'look', request },
      signal,
      this.#progressReporter(params.image),
    );
    return null;
  }

  close(): void {
    this.#process.close();
  }

  #look({ image, region, level }: ParsedParams<'mask.prepareSuggestion'>): {
    request: FeatureRequest;
    size: Size;
    project: number;
  } {
    const { project, path, frame, width, height } = this.#store.images.get(image);
    const { settings } = this.#store.projects.get(project);
    if (settings.teacher === null) {
      throw new UserError('not-found', suggestionText.noTeacher);
    }
    const { file, description, overrides } = this.#store.teachers.get(settings.teacher);
    const inside = clipped(region, { width, height });
    requireFew(inside, level);
    return {
      request: {
        image: { path, frame, width, height },
        preparation: settings.preparation,
        teacher: { file, sha256: description.sha256, overrides },
        region: inside,
      },
      size: { width, height },
      project,
    };
  }

  #saved(image: number, region: Rectangle, size: Size): MaskTile[] {
    const saved = this.#store.masks.get(image, 'human');
    if (!saved) return [];
    const wanted = new Set(tilesIn(region, size).map(nameOf));
    const places = saved.tiles.filter((place) => wanted.has(nameOf(place))).slice(0, mostTiles);
    return this.#store.masks.tiles(image, 'human', places);
  }

  #progressReporter(image: number): (progress: FeatureProgress) => void {
    return (progress) => {
      if (progress.total >= worthTelling) this.#emit('suggest.progress', { image, ...progress });
    };
  }
}

function clipped({ x, y, width, height }: Rectangle, image: Size): Rectangle {
  if (x >= image.width || y >= image.height) {
    throw new UserError('invalid-option', maskEditingText.regionOutside);
  }
  return {
    x,
    y,
    width: Math.min(width, image.width - x),
    height: Math.min(height, image.height - y),
  };
}

function requireFew({ x, y, width, height }: Rectangle, level: number): void {
  const tile = tileSide * 2 ** level;
  const across = Math.ceil((x + width) / tile) - Math.floor(x / tile);
  const down = Math.ceil((y + height) / tile) - Math.floor(y / tile);
  if (across * down <= mostTiles) return;
  throw new UserError(
    'invalid-option',
    suggestionText.tooManyTiles({ tiles: across * down, limit: mostTiles }),
  );
}

function requireInside(stroke: TilePlace, image: Size): void {
  const { width, height } = tileExtent(stroke, image);
  if (width > 0 && height > 0) return;
  throw new UserError('invalid-option', suggestionText.strokeOutside(stroke));
}

function nameOf({ x, y }: TilePlace): string {
  return `${x} ${y}`;
}
