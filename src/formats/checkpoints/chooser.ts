import type { InferredProperty, PropertySource } from '../../contract/descriptions.ts';
import type { Stated, Sidecars } from './configuration-facts.ts';
import type { TeacherProperties } from './teacher-metadata.ts';
import { teacherPropertyText } from '../../text/index.ts';

/** Sources of information besides the weights, most reliable first. */
export interface Knowledge {
  readonly given: Partial<TeacherProperties>;
  readonly file: Partial<TeacherProperties>;
  readonly config: Sidecars;
  /** Possible numbers of dates of its positions: see `datesOf`. */
  readonly dates: readonly number[];
}

type Property = keyof TeacherProperties;

/** Takes each property from the most reliable source that states it, and records the source. */
export class Chooser {
  readonly properties: InferredProperty[] = [];
  readonly knowledge: Knowledge;

  constructor(knowledge: Knowledge) {
    this.knowledge = knowledge;
  }

  one<P extends Property>(
    property: P,
    otherwise: TeacherProperties[P],
    otherwiseFrom: PropertySource,
    words: (value: TeacherProperties[P], source: PropertySource) => string,
  ): TeacherProperties[P] {
    const { given, file, config } = this.knowledge;
    const stated = config[property] as Stated<TeacherProperties[P]> | undefined;
    const found: readonly (readonly [PropertySource, TeacherProperties[P] | undefined])[] = [
      ['given', given[property]],
      ['file', file[property]],
      ['config', stated?.value],
    ];
    const [source, value = otherwise] = found.find(([, each]) => each !== undefined) ?? [
      otherwiseFrom,
    ];
    const text = words(value, source);
    const isStated = source === 'config' && stated !== undefined;
    const sentence = isStated ? teacherPropertyText.statedIn(text, stated.where) : text;
    this.properties.push({ property, value, source, sentence });
    return value;
  }
}
