/** A class as a person edits it, in a project or in one that is yet to be. */
export interface EditedClass {
  readonly id: number;
  readonly name: string;
  readonly colour: string;
  /** Labelled images. */
  readonly labelled: number;
}
