import { keyWithValue } from './known-keys.ts';

/*
 * Keys of `preprocessor_config.json` of transformers that do not change a teacher's input, apart from the mean,
 * standard deviation and factor that are read from it. Checked against the image processors of transformers 5.24.
 */

/** Classes that resize, crop, rescale and normalise, and do nothing else to the pixels. */
const plainClasses =
  /^(ViT|ViTHybrid|DeiT|Beit|Bit|CLIP|ChineseCLIP|Siglip|ConvNext|DPT|Llava|LlavaNext|Gemma3)(ImageProcessor(Fast|Pil)?|FeatureExtractor)$/;

/** Classes that reverse red, green and blue by default. */
const flippingClasses = /^MobileViT(ImageProcessor(Fast|Pil)?|FeatureExtractor)$/;

const classKeys = ['image_processor_type', 'feature_extractor_type'];

/** Keys that reverse red, green and blue. */
const flipKeys = ['do_flip_channel_order', 'flip_channel_order'];

const harmless: ReadonlySet<string> = new Set([
  // Keys that are read.
  ...['do_rescale', 'rescale_factor', 'do_normalize', 'image_mean', 'image_std'],
  // Size and part of the image, which Understudy chooses itself.
  ...['do_resize', 'size', 'resample', 'interpolation', 'default_to_square', 'size_divisor'],
  ...['do_center_crop', 'crop_size', 'crop_pct', 'do_pad', 'pad_size', 'do_thumbnail'],
  ...['keep_aspect_ratio', 'ensure_multiple_of', 'image_grid_pinpoints', 'aspect_ratio_setting'],
  ...['pan_and_scan_min_crop_size', 'pan_and_scan_max_num_crops'],
  'pan_and_scan_min_ratio_to_activate',
  // Array layout, label colours for grey images, labels, and the library's own notes.
  ...['data_format', 'input_data_format', 'return_tensors', 'device', 'disable_grouping'],
  ...['do_convert_rgb', 'do_reduce_labels', 'reduce_labels', 'image_seq_length'],
  ...['processor_class', '_processor_class', '_valid_processor_keys', 'valid_processor_keys'],
  ...['model_input_names', 'transformers_version', '_commit_hash', '_name_or_path', 'use_fast'],
]);

type Values = Readonly<Record<string, unknown>>;

/** First key that reverses the channel order, with its value: `"do_flip_channel_order": true`. */
export function flippedChannels(values: Values): string | undefined {
  const key = flipKeys.find((each) => isOn(values[each]));
  if (key !== undefined) return keyWithValue(key, values[key]);
  if (flipKeys.some((each) => values[each] === false)) return undefined;
  return classIn(values, flippingClasses);
}

/**
 * First key that may change the pixels in an unsupported way, with its value; undefined if there is none. A key that is
 * false or null is off.
 */
export function unknownPreparation(values: Values): string | undefined {
  for (const [key, value] of Object.entries(values)) {
    if (!isOn(value) || harmless.has(key)) continue;
    if (classKeys.includes(key) && typeof value === 'string' && plainClasses.test(value)) continue;
    return keyWithValue(key, value);
  }
  return undefined;
}

/** Finds an unknown step in OpenCLIP's `preprocess_cfg`, like `unknownPreparation`. */
export function unknownOpenClipPreparation(values: Values): string | undefined {
  const known = ['mean', 'std', 'size', 'interpolation', 'resize_mode', 'fill_color'];
  const [key, value] =
    Object.entries(values).find(
      ([each, set]) => isOn(set) && !known.includes(each) && !(each === 'mode' && set === 'RGB'),
    ) ?? [];
  return key === undefined ? undefined : keyWithValue(key, value);
}

function classIn(values: Values, classes: RegExp): string | undefined {
  const key = classKeys.find((each) => {
    const name = values[each];
    return typeof name === 'string' && classes.test(name);
  });
  return key === undefined ? undefined : keyWithValue(key, values[key]);
}

function isOn(value: unknown): boolean {
  return value != null && value !== false;
}
