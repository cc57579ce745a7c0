import type { MaskInfo } from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import { text } from '../../../text/index.ts';
import { BegunMasks } from '../begun-masks.svelte.ts';
import { MaskOpenings } from '../mask-openings.ts';
import type { EditedImage, MaskSession } from '../mask-session.svelte.ts';
import { type SaveState, TileSaver } from './tile-saver.ts';

const words = text.masks;

/** Editor whose masks are opened and saved. */
interface SavingPlace {
  /** @throws the engine's error; code 'not-found' if the image was removed */
  openMask(image: EditedImage, signal: AbortSignal): Promise<MaskSession>;
  /** Called when a mask is open, before edits that waited for it are applied. */
  opened(open: MaskSession): void;
  /** Completes the current stroke or open polygon. */
  settle(): void;
  /** Mask values of the project's classes. */
  classValues(): number[];
  /** Called when tiles of an image are saved. */
  saved(image: number, info: MaskInfo): void;
  /** Called when no tile is left to save. */
  allSaved(): void;
}

/** Opening and saving of masks, with the edits that wait for either. */
export class MaskSaving {
  readonly begun = new BegunMasks();
  readonly openings: MaskOpenings<MaskSession>;
  readonly saver: TileSaver;
  readonly #place: SavingPlace;
  #isWaiting = $state(false);
  #saverState: SaveState = $state('saved');

  constructor(place: SavingPlace) {
    this.#place = place;
    this.openings = new MaskOpenings({
      open: (image, signal) => place.openMask(image, signal),
      opened: (open) => {
        place.opened(open);
      },
      failed: (error) => {
        notices.fail(error);
      },
      waits: (isBusy) => {
        this.#isWaiting = isBusy;
      },
    });
    this.saver = new TileSaver({
      send: (image, tiles) => call('mask.save', { image, tiles }),
      known: () => place.classValues(),
      saved: (image, info) => {
        place.saved(image, info);
      },
      failed: showUnsaved,
      changed: (state) => {
        this.#saverState = state;
        if (state === 'saved') place.allSaved();
      },
    });
  }

  /** State of saving. Edits that wait for their mask count as being saved. */
  get state(): SaveState {
    return this.#saverState === 'saved' && this.#isWaiting ? 'saving' : this.#saverState;
  }

  /** True if any edit of any image is not saved yet. */
  get isUnsaved(): boolean {
    return this.state !== 'saved' || this.begun.isBusy;
  }

  /** Resolves to true when every stroke is saved, or to false if saving failed and will be retried. */
  async flush(): Promise<boolean> {
    this.#place.settle();
    await this.begun.settled();
    this.openings.retry();
    await this.openings.settled();
    await this.begun.settled();
    return (await this.saver.flush()) && !this.openings.isBusy;
  }
}

function showUnsaved(error: unknown, isGone: boolean): void {
  const details = errorMessage(error);
  notices.add('loss', isGone ? words.imageGone : words.notSaved, { details });
}
