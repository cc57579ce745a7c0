import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { foldsClassPosition } from './positions.ts';
import type { PositionLayout } from './positions.ts';
import { invalidTeacher } from './refusals.ts';
import { teacherFileText } from '../../text/index.ts';
import type { StatedPart, Sidecars } from './configuration-facts.ts';

/** @throws UserError 'invalid-file' if a configuration contradicts the weights */
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
    throw invalidTeacher(
      path,
      teacherFileText.otherSize(size, { own, dates, stated: value, where }),
    );
  }
  requireParts(path, architecture, parts, positions);
  if (qkvBias === undefined || qkvBias.value === architecture.qkvBias) return;
  const { value, where } = qkvBias;
  throw invalidTeacher(
    path,
    value ? teacherFileText.missingBias(where) : teacherFileText.unstatedBias(where),
  );
}

/** @throws UserError 'invalid-file' if a configuration has parts that the weights do not have, or the reverse */
function requireParts(
  path: string,
  architecture: VitArchitecture,
  parts: Sidecars['parts'],
  positions: PositionLayout,
): void {
  const { prefix, covered } = positions;
  const has: Readonly<Record<StatedPart, boolean>> = {
    preNorm: architecture.preNorm,
    classToken: architecture.classTokens > 0,
    fcNorm: architecture.normAfterPooling,
    layerScale: architecture.layerScale,
    prefixPositions: covered > 0,
  };
  for (const { part, value, where } of parts) {
    if (has[part] === value) continue;
    if (part === 'prefixPositions') {
      // Without such tokens there is nothing to cover, and timm converts Meta's registers to its own form.
      if (prefix === 0 || (!value && foldsClassPosition(positions))) continue;
    }
    throw invalidTeacher(
      path,
      value ? teacherFileText.missingPart(part, where) : teacherFileText.unstatedPart(part, where),
    );
  }
}
