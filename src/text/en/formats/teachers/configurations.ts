/**
 * Reasons why the configuration next to a checkpoint describes no supported model, as `teacherFileText.otherModel` gives
 * them. `setting` is a key with its value.
 */
export const teacherConfigurationText = {
  notPlain: (setting: string) => `it has ${setting}, which a plain vision transformer never has`,
  unknownSetting: (setting: string) =>
    `it has ${setting}, an unknown setting that may change what the model computes`,
  unknownKeys: (keys: readonly string[]) => `it has unknown keys of a model (${keys.join(', ')})`,
  contradiction: ({ key, value, otherKey, otherValue }: Contradiction) =>
    `its values contradict each other: ${key} is ${value}, but ${otherKey} is ${otherValue}`,
  notSquare: (height: number, width: number) =>
    `its sides are ${height} and ${width}, but only squares are supported`,
  attentionPooling: 'its tokens are pooled by attention before its last norm, as in CoCa',

  noModelType: 'it does not state the kind of model ("model_type" or "architectures")',
  otherModelType: (type: string) =>
    `model_type is “${type}”, which is not a supported vision transformer`,
  architecturesNotAList: 'it has "architectures" that is not a list',
  /** @param name of a class, or the type of a value that is not a name */
  otherClass: (name: string) =>
    `it has "architectures": ["${name}"], which is not a supported vision transformer`,

  /** @param reason one of the reasons below */
  otherArchitecture: (name: string, reason: string) => `its architecture is ${name}: ${reason}`,
  residualPostNorm: 'its norms come after attention and MLP (residual post-norm), not before',
  parallelMlp: 'its attention and MLP are computed in parallel',
  parallelAttentions: 'its blocks contain several parallel attentions',
  differentialAttention: 'its attention is the difference of two',
  rotary: 'it uses rotary position embeddings',
  relativePositions: 'its attention uses relative position embeddings',
  unknownArchitecture: 'it is not a supported vision transformer',
};

interface Contradiction {
  readonly key: string;
  readonly value: string;
  readonly otherKey: string;
  readonly otherValue: string;
}
