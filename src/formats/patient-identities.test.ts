import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identitiesOf } from './patient-identities.ts';
import type { FileFrames } from './patient-identities.ts';

describe('the patient of an examination', () => {
  type Named = Partial<NonNullable<FileFrames['grouping']>>;
  const file = (named: Named): FileFrames => ({
    frames: 1,
    grouping: {
      patient: null,
      person: null,
      study: null,
      series: null,
      position: null,
      ...named,
    },
  });
  const identities = (...files: Named[]): string[] => identitiesOf(files.map(file));

  test.each<[string, Named[]]>([
    ['some leave the number out', [{ patient: '7', series: 's' }, { series: 's' }]],
    [
      'some leave the number out, and name and birth date stand in all',
      [
        { patient: '7', person: 'p', study: 'a' },
        { person: 'p', study: 'a' },
      ],
    ],
    ['some leave the name out', [{ person: 'p', series: 's', study: 'a' }, { study: 'a' }]],
    [
      'an image shares its study with another, whose person has a number elsewhere',
      [{ study: 'a' }, { person: 'p', study: 'a' }, { patient: '7', person: 'p', study: 'b' }],
    ],
    [
      'two studies of the person leave the number out, which a third study shares with one of them',
      [
        { person: 'p', study: 'a' },
        { person: 'p', series: 's', study: 'b' },
        { series: 's', study: 'c' },
        { patient: '7', study: 'c' },
      ],
    ],
    [
      'an image without a study is in a series whose study has a number',
      [{ series: 's' }, { series: 's', study: 'a' }, { patient: '7', series: 't', study: 'a' }],
    ],
    ['some leave the study out', [{ series: 's' }, { series: 's', study: 'a' }, { study: 'a' }]],
    [
      'the name is spelled in two ways within the study',
      [
        { person: 'p', series: 's', study: 'a' },
        { person: 'q', series: 't', study: 'a' },
        { series: 'u', study: 'a' },
        { person: 'q', study: 'b' },
      ],
    ],
    ['numbers differ by case', [{ patient: 'z9X' }, { patient: 'Z9x' }]],
    ['numbers differ by width', [{ patient: '１２' }, { patient: '12' }]],
  ])('is one patient if %s', (_, files) => {
    expect(new Set(identities(...files)).size).toBe(1);
    expect(identities(...files.toReversed())).toEqual(identities(...files).toReversed());
  });

  test('are two patients if both are named', () => {
    const [one, two] = [
      { patient: '1', series: 's' },
      { patient: '2', series: 's' },
    ];
    expect(identities(one, two)).toEqual(['1', '2']);
    expect(identities({ person: 'p' }, { person: 'q' })).toHaveLength(2);
    expect(new Set(identities({ study: 'a' }, { study: 'b' })).size).toBe(2);
  });

  test('is the number of the series before that of the study', () => {
    const files = [
      { patient: '1', series: 's', study: 'a' },
      { patient: '2', series: 't', study: 'a' },
      { series: 's', study: 'a' },
      { series: 't', study: 'a' },
    ];
    expect(identities(...files)).toEqual(['1', '2', '1', '2']);
  });

  test('stays the one that images are grouped by already', () => {
    const files: Named[] = [
      { study: 'a' },
      { person: 'p', study: 'a' },
      { person: 'p', study: 'b' },
      { patient: '7', person: 'p', study: 'c' },
    ];
    const found = (begun: string, some: readonly Named[]): string[] =>
      identitiesOf(some.map(file), (identity) => identity === begun);
    expect(found('a', files)).toEqual(['a', '7', '7', '7']);
    const [person = ''] = identities({ person: 'p' });
    expect(found(person, files)).toEqual([person, '7', '7', '7']);
    expect(found('a', files.slice(0, 3))).toEqual(['a', 'a', person]);
  });

  const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
  const letter = fc.constantFrom('a', 'b', 'c', 'd');
  const linked = fc.array(
    fc.record({
      person: some(letter.map((name) => `person ${name}`)),
      study: some(letter.map((name) => `study ${name}`)),
      series: some(letter.map((name) => `series ${name}`)),
    }),
    { maxLength: 12 },
  );

  /** Returns the files that are linked to one of them, by a search through all files. */
  function reachable(files: readonly Named[], from: number): Set<number> {
    const found = new Set([from]);
    for (const at of found) {
      for (const [other, { person, study, series }] of files.entries()) {
        const near = files[at];
        const isShared =
          (person !== null && person === near?.person) ||
          (study !== null && study === near?.study) ||
          (series !== null && series === near?.series);
        if (isShared) found.add(other);
      }
    }
    return found;
  }

  test('is the same for linked files and no others, whatever their order', () => {
    fc.assert(
      fc.property(linked, fc.integer({ min: -1, max: 11 }), (persons, numbered) => {
        const files: Named[] = persons.map((person, at) =>
          at === numbered ? { ...person, patient: '7' } : person,
        );
        const found = identities(...files);
        for (const [at, one] of found.entries()) {
          const linkedFiles = reachable(files, at);
          if (linkedFiles.has(numbered) && numbered in files) expect(one).toBe('7');
          for (const [other, two] of found.entries()) {
            if (other !== at && (one !== '' || two !== ''))
              expect(one === two).toBe(linkedFiles.has(other));
          }
        }
        expect(identities(...files.toReversed())).toEqual(found.toReversed());
      }),
    );
  });

  test('is found in linear time through long chains', () => {
    const files = Array.from({ length: 50_000 }, (_, at) => ({
      study: `study ${at >> 1}`,
      person: `person ${(at + 1) >> 1}`,
    }));
    const found = identities(...files, { patient: '7', person: 'person 0' });
    expect(new Set(found)).toEqual(new Set(['7']));
  });

  test('is unknown for files without identifiers', () => {
    expect(identitiesOf([undefined, { frames: 1, grouping: null }])).toEqual(['', '']);
  });
});
