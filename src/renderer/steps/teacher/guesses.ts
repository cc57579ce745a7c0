import type { Teacher } from '../../../contract/app.ts';
import { teacherText as text } from '../../text/en/steps/teacher.ts';

/**
 * Sentences about a teacher's properties that were guessed. Mean and deviation share a sentence, which is listed once.
 */
export function guessesAbout({ inferred }: Pick<Teacher, 'inferred'>): string[] {
  const guesses = inferred.filter(({ source }) => source === 'guess');
  return [...new Set(guesses.map(({ sentence }) => sentence))].map(text.guess);
}
