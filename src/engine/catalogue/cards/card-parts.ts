import { cardOrigin } from '../../../contract/catalogue.ts';
import type { CardFile } from '../../../contract/catalogue.ts';

/** Known facts about a file: bytes, then SHA-256. */
export type Facts = readonly [bytes: number | null, sha256: string | null];

/** Location of a file: its repository and the commit to download. */
export interface RepositoryRevision {
  readonly repository: string;
  /** Commit, which is immutable; `main` if none is known. */
  readonly at: string;
}

export function fileOf(
  { repository, at }: RepositoryRevision,
  name: string,
  [bytes, sha256]: Facts,
): CardFile {
  return { name, url: `${cardOrigin}/${repository}/resolve/${at}/${name}`, bytes, sha256 };
}

const unknown: Facts = [null, null];

/** Weights of a Transformers repository, and the two files that describe them. */
export function transformersFiles(
  source: RepositoryRevision,
  [name, ...facts]: readonly [string, ...Facts],
  { config = unknown, images = unknown }: { readonly config?: Facts; readonly images?: Facts } = {},
): CardFile[] {
  return [
    fileOf(source, name, facts),
    fileOf(source, 'config.json', config),
    fileOf(source, 'preprocessor_config.json', images),
  ];
}

/** Weights of a timm repository, and the one file that describes them. */
export function timmFiles(
  source: RepositoryRevision,
  [name, ...facts]: readonly [string, ...Facts],
): CardFile[] {
  return [fileOf(source, name, facts), fileOf(source, 'config.json', unknown)];
}

/** Source of a repository's newest files, for which no commit is known. */
export function newest(repository: string): RepositoryRevision {
  return { repository, at: 'main' };
}

export function pageOf(repository: string): string {
  return `${cardOrigin}/${repository}`;
}

export const small = { width: 384, blocks: 12 } as const;
export const base = { width: 768, blocks: 12 } as const;
export const large = { width: 1024, blocks: 24 } as const;
export const colour = { patchSize: 16, imageSize: 224, bands: 3 } as const;
export const dinov2Geometry = { patchSize: 14, imageSize: 518, bands: 3 } as const;

export const apache = {
  licence: 'Apache-2.0',
  commercial: 'yes',
  why: 'it only requires keeping its notice',
} as const;

export const lvd = 'LVD-142M: 142 million photographs, without labels (DINOv2)';
