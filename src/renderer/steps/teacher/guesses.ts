import type { Teacher } from '../../../contract/app.ts';
import { teacherText as text } from '../../text/en/teacher.ts';

/**
 * What of a teacher is no better than a guess: names of properties with their sentence. Mean and deviation share one
 * sentence, which stands once.
 */
export function guessesAbout({ inferred }: Pick<Teacher, 'inferred'>): string[] {
  const guesses = inferred.filter(({ source }) => source === 'guess');
  return [...new Set(guesses.map(({ sentence }) => sentence))].map(text.guess);
}
