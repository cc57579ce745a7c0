import { printableName } from '../problems.ts';
import { teacherConfigurationText } from '../../../text/index.ts';

/*
 * A configuration is trusted only if all of it is understood. Each library has a table of the keys that are read, of
 * those that change nothing in the encoder, and of those that are harmless with certain values only. Any other key may
 * describe a part that computes something else (windows, rotary positions, a merger of patches), so the configuration
 * is refused and the message names the key.
 */

/** Known keys of one kind of configuration. */
export interface KnownKeys {
  /** Keys that are read, or that change nothing in what the encoder's blocks compute. */
  readonly harmless: ReadonlySet<string>;
  /** Keys that change what the blocks compute unless they have one of these values. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>;
}

/** Reason for refusing the first key that is not understood; undefined if all are. Null counts as not set. */
export function unknownKey(
  values: Readonly<Record<string, unknown>>,
  { harmless, only = {} }: KnownKeys,
): string | undefined {
  for (const [key, value] of Object.entries(values)) {
    if (value == null) continue;
    if (Object.hasOwn(only, key)) {
      if (only[key]?.some((each) => isSame(each, value)) === true) continue;
      return teacherConfigurationText.notPlain(keyWithValue(key, value));
    }
    if (!harmless.has(key)) {
      return teacherConfigurationText.unknownSetting(keyWithValue(key, value));
    }
  }
  return undefined;
}

/** `"num_windows": 2`, shortened if long. */
export function keyWithValue(key: string, value: unknown): string {
  return `"${printableName(key)}": ${printableName(written(value)).replaceAll('\\"', '"')}`;
}

/** Lists and objects are equal if their JSON is equal. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || written(one) === written(other);
}

/** Formats a value as JSON without its deeper levels, since a file may nest thousands. */
function written(value: unknown, levels = 3): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  if (levels === 0) return isList ? '[…]' : '{…}';
  const parts = Object.entries(value)
    .slice(0, 20)
    .map(([key, each]) => `${isList ? '' : `${JSON.stringify(key)}:`}${written(each, levels - 1)}`);
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

/** Harmless keys of any model of transformers: about training, texts, answers and saving. */
export const harmlessAnywhere: readonly string[] = [
  ...['model_type', 'architectures', 'transformers_version', 'torch_dtype', 'dtype', 'license'],
  ...['id2label', 'label2id', 'num_labels', 'problem_type', 'finetuning_task', 'tokenizer_class'],
  // A library's own notes.
  ...['_name_or_path', '_commit_hash', '_attn_implementation', '_attn_implementation_autoset'],
  ...['_diffusers_version', '_class_name', '_out_features', '_out_indices', '_num_labels'],
  ...['return_dict', 'return_dict_in_generate', 'output_attentions', 'output_hidden_states'],
  ...['output_scores', 'torchscript', 'tf_legacy_loss', 'use_bfloat16', 'use_cache'],
  ...['gradient_checkpointing', 'attn_implementation', 'tie_word_embeddings'],
  ...[
    'tie_encoder_decoder',
    'is_encoder_decoder',
    'task_specific_params',
    'prefix',
    'name_or_path',
  ],
  // Text generation settings, which older releases wrote into every configuration.
  ...['bos_token_id', 'eos_token_id', 'pad_token_id', 'sep_token_id', 'decoder_start_token_id'],
  ...['max_length', 'min_length', 'do_sample', 'early_stopping', 'num_beams', 'num_beam_groups'],
  ...['diversity_penalty', 'temperature', 'top_k', 'top_p', 'typical_p', 'repetition_penalty'],
  ...['length_penalty', 'no_repeat_ngram_size', 'encoder_no_repeat_ngram_size', 'bad_words_ids'],
  ...['num_return_sequences', 'forced_bos_token_id', 'forced_eos_token_id', 'suppress_tokens'],
  ...['remove_invalid_values', 'exponential_decay_length_penalty', 'begin_suppress_tokens'],
  // Settings of training only.
  ...['initializer_range', 'initializer_factor', 'hidden_dropout_prob', 'attention_dropout'],
  ...['attention_probs_dropout_prob', 'dropout', 'drop_path_rate'],
  // Trade-offs between memory and speed, with the same result.
  'chunk_size_feed_forward',
];

/** Keys that change any model of transformers, with their harmless values. */
export const onlyPlain: Readonly<Record<string, readonly unknown[]>> = {
  add_cross_attention: [false],
  is_decoder: [false],
  pruned_heads: [{}],
};
