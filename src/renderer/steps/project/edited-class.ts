/** A class in the class editor, of an existing or a new project. */
export interface EditedClass {
  readonly id: number;
  readonly name: string;
  readonly colour: string;
  /** Number of labelled images. */
  readonly labelled: number;
}
