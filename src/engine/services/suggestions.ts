import type { ParsedParams } from '../../contract/app.ts';
import type { MaskTile, Suggestion } from '../../contract/masks.ts';
import { UserError } from '../../core/errors.ts';
import { tilesIn, tileExtent, tileSide } from '../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../core/mask/tiles.ts';
import type { Store } from '../../store/store.ts';
import type { LookProgress, LookRequest } from '../suggest/protocol.ts';
import type { Emit } from './dispatch.ts';
import { SuggestProcess } from './suggest-process.ts';

/** Tiles that one request may ask for: 4096 × 4096 px wherever it begins. */
const mostTiles = 81;
/** Looks of fewer tiles are over before a person has read that they go on. */
const worthTelling = 8;

/** Proposals for masks from a few strokes. Nothing of them is kept. */
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
   * @throws UserError 'invalid-labels' where strokes are missing, 'not-found' (image, its file, no teacher),
   * 'invalid-option' (a stroke or the region outside the image, a value of no class), 'cancelled'; as
   * `readImage`
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
      this.#teller(image),
    );
    if (suggested === null) throw new Error('a suggestion was asked for, and none came');
    return suggested;
  }

  /** @throws UserError as `suggest`, but for strokes */
  async prepare(
    params: ParsedParams<'mask.prepareSuggestion'>,
    signal: AbortSignal,
  ): Promise<null> {
    const { request } = this.#look(params);
    await this.#process.ask({ kind: 'look', request }, signal, this.#teller(params.image));
    return null;
  }

  close(): void {
    this.#process.close();
  }

  #look({ image, region, level }: ParsedParams<'mask.prepareSuggestion'>): {
    request: LookRequest;
    size: Size;
    project: number;
  } {
    const { project, path, frame, width, height } = this.#store.images.get(image);
    const { settings } = this.#store.projects.get(project);
    if (settings.teacher === null) {
      throw new UserError(
        'not-found',
        'This project has no teacher yet. Choose one: suggestions come from what it sees.',
      );
    }
    const { file, description, overrides } = this.#store.teachers.get(settings.teacher);
    const inside = clipped(region, { width, height });
    requireFew(inside, level);
    return {
      request: {
        image: { path, ...(frame === undefined ? {} : { frame }), width, height },
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

  #teller(image: number): (progress: LookProgress) => void {
    return (progress) => {
      if (progress.total >= worthTelling) this.#emit('suggest.progress', { image, ...progress });
    };
  }
}

function clipped({ x, y, width, height }: Rectangle, image: Size): Rectangle {
  if (x >= image.width || y >= image.height) {
    throw new UserError('invalid-option', 'The region lies outside the image.');
  }
  return {
    ...{ x, y },
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
    `The region has ${across * down} tiles at this level; ${mostTiles} can be suggested at a time. Zoom in, or take the parts one by one.`,
  );
}

function requireInside(stroke: TilePlace, image: Size): void {
  const { width, height } = tileExtent(stroke, image);
  if (width > 0 && height > 0) return;
  throw new UserError(
    'invalid-option',
    `There is a stroke in a tile (${stroke.x}, ${stroke.y}) outside the image.`,
  );
}

function nameOf({ x, y }: TilePlace): string {
  return `${x} ${y}`;
}
