import { UserError } from '../../core/errors.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { foldsClassPosition } from './positions.ts';
import type { PositionLayout } from './positions.ts';
import type { SaidPart, SaidSize, Sidecars } from './said.ts';

/** What configurations and weights both show, and must not show differently. */

const sizeWords: Readonly<Record<SaidSize, string>> = {
  width: 'a width of',
  depth: 'a number of blocks of',
  mlpWidth: 'a width of its MLPs of',
  patchSize: 'patches with a side of',
  imageSize: 'positions for images with a side of',
  channels: 'a number of bands of',
  registers: 'a number of register tokens of',
};

/** @throws UserError 'invalid-file' where a configuration contradicts the weights */
export function requireAgreement(
  path: string,
  architecture: VitArchitecture,
  { sizes, parts, qkvBias }: Sidecars,
  positions: PositionLayout,
): void {
  const { patchSize } = architecture;
  const { dates } = positions;
  const covered = (side: number): number => Math.floor(side / patchSize) * patchSize;
  for (const { size, value, where } of sizes) {
    const own = architecture[size];
    if (own === value || (size === 'imageSize' && own === covered(value))) continue;
    const patches = dates > 1 ? `, for ${dates} dates` : '';
    throw invalid(
      path,
      `its weights have ${sizeWords[size]} ${own}${patches}, but ${where}, says ${value}. The configuration may belong to another checkpoint: put each into a folder of its own.`,
    );
  }
  requireParts(path, architecture, parts, positions);
  if (qkvBias === undefined || qkvBias.value === architecture.qkvBias) return;
  const [has, says] = qkvBias.value ? ['no bias', 'there is one'] : ['a bias', 'there is none'];
  throw invalid(
    path,
    `its weights have ${has} in q, k and v, but ${qkvBias.where}, says that ${says}. The file may be damaged, or the configuration may belong to another checkpoint.`,
  );
}

/** What the weights have where a part is there, and where it is not. */
const partWords: Readonly<Record<SaidPart, readonly [has: string, hasNot: string]>> = {
  preNorm: ['a norm before the blocks (norm_pre)', 'no norm before the blocks (norm_pre)'],
  classToken: ['a class token', 'no class token'],
  fcNorm: [
    'their last norm after the pooling of tokens (fc_norm)',
    'their last norm before the pooling of tokens (norm)',
  ],
  layerScale: ['a layer scale in their blocks (ls1)', 'no layer scale in their blocks (ls1)'],
  prefixPositions: [
    'positions for class token and registers besides the patches',
    'positions for the patches alone',
  ],
};

/** @throws UserError 'invalid-file' where a configuration has parts that the weights have not, or the reverse */
function requireParts(
  path: string,
  architecture: VitArchitecture,
  parts: Sidecars['parts'],
  positions: PositionLayout,
): void {
  const { prefix, covered } = positions;
  const has: Readonly<Record<SaidPart, boolean>> = {
    preNorm: architecture.preNorm,
    classToken: architecture.classTokens > 0,
    fcNorm: architecture.normAfterPooling,
    layerScale: architecture.layerScale,
    prefixPositions: covered > 0,
  };
  for (const { part, value, where } of parts) {
    if (has[part] === value) continue;
    if (part === 'prefixPositions') {
      // Without such tokens there is nothing to cover, and timm brings Meta's registers into its own form.
      if (prefix === 0 || (!value && foldsClassPosition(positions))) continue;
    }
    const [present, absent] = partWords[part];
    const [own, said] = value ? [absent, present] : [present, absent];
    throw invalid(
      path,
      `its weights have ${own}, but ${where}, says that they have ${said}. The configuration may belong to another checkpoint: put each into a folder of its own.`,
    );
  }
}

function invalid(path: string, reason: string): UserError {
  return new UserError('invalid-file', `${path}: ${reason}`);
}
