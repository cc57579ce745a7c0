import { printableName } from '../problems.ts';
import type { Stated } from '../configuration-facts.ts';
import { keyWithValue, unknownKey } from './known-keys.ts';
import { isClassOf, isTextModel, modelOf, typeOfClass, wrapperOf } from './transformers-models.ts';
import type { KnownModel } from './transformers-models.ts';
import { teacherConfigurationText } from '../../../text/index.ts';

/** A JSON object, as parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Model described by a transformers configuration. */
export type Tower =
  | {
      readonly kind: 'known';
      readonly type: string;
      readonly model: KnownModel;
      /** The part of the configuration that describes the vision transformer. */
      readonly values: JsonObject;
      /** `config.json, vision_config` */
      readonly where: string;
    }
  /** A text model, which does not describe images. */
  | { readonly kind: 'text'; readonly type: string }
  | { readonly kind: 'refused'; readonly reason: Stated<string> };

const file = 'config.json';

/** Keys next to a part that change it: custom model code, and quantized weights. */
const changesParts = ['auto_map', 'quantization_config'];

/** Finds the vision transformer that a configuration describes, and rejects unknown entries. */
export function towerOf(config: JsonObject): Tower {
  const type = typeIn(config);
  if (type === undefined) {
    return refused(teacherConfigurationText.noModelType, file);
  }
  if (isTextModel(type) && !ofImages.some((key) => config[key] != null)) {
    return { kind: 'text', type };
  }
  const wrapper = wrapperOf(type);
  if (wrapper === undefined) return knownTower(type, config, file);
  const { part, kinds } = wrapper;
  for (const key of changesParts) {
    if (config[key] == null) continue;
    const setting = keyWithValue(key, config[key]);
    return refused(teacherConfigurationText.unknownSetting(setting), file);
  }
  const where = `${file}, ${part}`;
  const older = part === 'vision_config' ? config.vision_config_dict : undefined;
  // Older releases wrote it twice, and read the second one.
  const values = { ...objectIn(config[part]), ...objectIn(older) };
  const inner = typeIn(values) ?? kinds[0];
  if (!kinds.includes(inner)) return unknownKind(inner, where);
  return knownTower(inner, values, where);
}

function knownTower(type: string, values: JsonObject, where: string): Tower {
  const model = modelOf(type);
  if (model === undefined) return unknownKind(type, where);
  const reason = strangeClass(values, model) ?? unknownKey(values, model);
  if (reason !== undefined) return refused(reason, where);
  return { kind: 'known', type, model, values, where };
}

/** A class with another name may have the same configuration but other blocks. */
function strangeClass({ architectures }: JsonObject, model: KnownModel): string | undefined {
  if (architectures == null) return undefined;
  if (!Array.isArray(architectures)) return teacherConfigurationText.architecturesNotAList;
  const other = (architectures as readonly unknown[]).find(
    (each) => typeof each !== 'string' || !isClassOf(each, model),
  );
  if (other === undefined) return undefined;
  const name = typeof other === 'string' ? printableName(other) : typeof other;
  return teacherConfigurationText.otherClass(name);
}

function unknownKind(type: string, where: string): Tower {
  return refused(teacherConfigurationText.otherModelType(printableName(type)), where);
}

function refused(value: string, where: string): Tower {
  return { kind: 'refused', reason: { value, where } };
}

function typeIn({ model_type: type, architectures }: JsonObject): string | undefined {
  if (type != null && type !== '') return typeof type === 'string' ? type : undefined;
  const [first] = Array.isArray(architectures) ? (architectures as readonly unknown[]) : [];
  return typeof first === 'string' ? (typeOfClass(first) ?? first) : undefined;
}

/** Keys that a text model does not use. */
const ofImages = ['image_size', 'patch_size', 'num_channels', 'vision_config', 'backbone_config'];

function objectIn(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}
