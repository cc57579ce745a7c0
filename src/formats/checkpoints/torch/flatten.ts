import { UserError } from '../../../core/errors.ts';
import {
  isDict,
  isSequence,
  isTensor,
  type PickleTensor,
  type PickleValue,
} from '../pickle/values.ts';
import { invalidCheckpoint, quoted } from '../problems.ts';
import { pytorchText } from '../../../text/index.ts';

/** Contents of a checkpoint by dotted names: `model.blocks.0.norm1.weight`, `args.model`. */
export interface Flattened {
  readonly tensors: ReadonlyMap<string, PickleTensor>;
  /** Numbers and strings of the checkpoint. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Limits on what is traversed; shared values count each time. */
const limits = { depth: 32, values: 1_000_000, nameLength: 1_000 };

/** Limits on what is kept as text: settings, not logs. */
const metadataLimits = { entries: 1_000, textLength: 1_000 };

/** Keys of training state next to the weights: as large as the weights or twice as large, and never weights. */
const trainingState =
  /^(?:optimizers?|optimizer_states?|optim|optimizer_state_dict|scaler|amp(?:_scaler)?|grad_scaler|loss_scaler|(?:lr_)?schedulers?(?:_states?|_state_dict)?|lr_scheduler\w*|rng_states?\w*)$/;

/**
 * Finds the tensors of a checkpoint, wherever they are in its dictionaries and lists. The state of an optimiser is
 * skipped.
 *
 * @throws UserError 'unsupported' if there are none, 'invalid-file' if two have the same name, 'too-large'
 */
export function flatten(root: PickleValue, path: string): Flattened {
  const walk = new Walk(path);
  walk.visit(root, '', []);
  if (walk.tensors.size === 0) throw noTensors(path, walk.hasTrainingState);
  return { tensors: walk.tensors, metadata: Object.fromEntries(walk.metadata) };
}

class Walk {
  readonly tensors = new Map<string, PickleTensor>();
  readonly metadata = new Map<string, string>();
  hasTrainingState = false;
  readonly #path: string;
  #values = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param above the containers around `value` */
  visit(value: PickleValue, name: string, above: readonly PickleValue[]): void {
    this.#values++;
    const isTooDeep = above.length > limits.depth || name.length > limits.nameLength;
    if (this.#values > limits.values || isTooDeep) throw this.#tooLarge();
    if (isTensor(value)) this.#keepTensor(name, value);
    else if (isDict(value)) this.#visitEntries(value.entries, value, name, above);
    else if (isSequence(value)) this.#visitEntries(value.items.entries(), value, name, above);
  }

  #visitEntries(
    entries: Iterable<[PickleValue, PickleValue]>,
    container: PickleValue,
    name: string,
    above: readonly PickleValue[],
  ): void {
    // A container within itself has no further content.
    if (above.includes(container)) return;
    if (isDict(container) && isOptimizerState(container)) {
      this.hasTrainingState = true;
      return;
    }
    const below = [...above, container];
    for (const [key, value] of entries) {
      const part = textOf(key);
      if (part === undefined) continue;
      if (!isTensor(value) && trainingState.test(part)) {
        this.hasTrainingState = true;
        continue;
      }
      const inner = name === '' ? part : `${name}.${part}`;
      this.visit(value, inner, below);
      if (isDict(container)) this.#keepText(inner, value);
    }
  }

  #keepTensor(name: string, tensor: PickleTensor): void {
    // A tensor saved on its own.
    if (name === '') return;
    if (this.tensors.has(name)) {
      throw invalidCheckpoint(this.#path, pytorchText.tensorRepeated(quoted(name)));
    }
    this.tensors.set(name, tensor);
  }

  #keepText(name: string, value: PickleValue): void {
    const text = textOf(value);
    if (text === undefined || text.length > metadataLimits.textLength) return;
    if (this.metadata.size < metadataLimits.entries) this.metadata.set(name, text);
  }

  #tooLarge(): UserError {
    return new UserError('too-large', pytorchText.tooDeep(this.#path));
  }
}

function textOf(value: PickleValue): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** An optimiser's state_dict, whatever its key. */
function isOptimizerState(value: PickleValue): boolean {
  return isDict(value) && value.entries.has('param_groups') && value.entries.has('state');
}

function noTensors(path: string, hasTrainingState: boolean): UserError {
  return new UserError(
    'unsupported',
    hasTrainingState ? pytorchText.onlyOptimiser(path) : pytorchText.noNamedTensors(path),
  );
}
