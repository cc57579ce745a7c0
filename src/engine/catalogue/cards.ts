import { cardOrigin } from '../../contract/catalogue.ts';
import type { Card, CardFile } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';

/*
 * The catalogue's data. Every fact is as its source says it, looked up in November 2026: model cards, lists of files and LFS
 * pointers of Hugging Face, and TorchGeo's table of weights. What was not found there is null. Only vision transformers that
 * can be distilled here are listed: no SwiGLU, no windows, no patches over time, no groups of bands.
 */

/** What of a file is known: bytes, then SHA-256. */
type Facts = readonly [bytes: number | null, sha256: string | null];

function fileOf(repository: string, name: string, [bytes, sha256]: Facts, at = 'main'): CardFile {
  return { name, url: `${cardOrigin}/${repository}/resolve/${at}/${name}`, bytes, sha256 };
}

/** Weights of a repository of Transformers, and what says how they are meant. */
function transformers(repository: string, weights: readonly [string, ...Facts]): CardFile[] {
  const [name, ...facts] = weights;
  return [
    fileOf(repository, name, facts),
    fileOf(repository, 'config.json', [null, null]),
    fileOf(repository, 'preprocessor_config.json', [null, null]),
  ];
}

/** Weights of a repository of timm, whose one file says both. */
function timm(repository: string, weights: readonly [string, ...Facts]): CardFile[] {
  const [name, ...facts] = weights;
  return [fileOf(repository, name, facts), fileOf(repository, 'config.json', [null, null])];
}

function pageOf(repository: string): string {
  return `${cardOrigin}/${repository}`;
}

const small = { width: 384, blocks: 12 } as const;
const base = { width: 768, blocks: 12 } as const;
const large = { width: 1024, blocks: 24 } as const;
const colour = { patchSize: 16, imageSize: 224, bands: 3 } as const;
const dinov2 = { patchSize: 14, imageSize: 518, bands: 3 } as const;

const apache = {
  licence: 'Apache-2.0',
  commercial: 'yes',
  why: 'it asks only to keep its notice',
} as const;

const general = { domain: 'general', isGated: false } as const;
const medical = { domain: 'medical', isGated: false } as const;
const satellite = { domain: 'satellite', isGated: false } as const;

const lvd = 'LVD-142M: 142 million photographs, without labels (DINOv2)';

export const cards: readonly Card[] = [
  {
    ...{ id: 'dinov2-small', name: 'DINOv2 small', ...general, ...apache },
    suits: 'almost any images, where a student must be very small; its features tell parts apart',
    page: pageOf('facebook/dinov2-small'),
    files: transformers('facebook/dinov2-small', [
      'model.safetensors',
      88_200_000,
      'ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1',
    ]),
    ...{ ...dinov2, ...small, parameters: 22_100_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-base', name: 'DINOv2 base', ...general, ...apache },
    suits:
      'almost any images, and regions as well as classes: the first to try without one of your field',
    page: pageOf('facebook/dinov2-base'),
    files: transformers('facebook/dinov2-base', [
      'model.safetensors',
      346_000_000,
      'd73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841',
    ]),
    ...{ ...dinov2, ...base, parameters: 86_600_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-large', name: 'DINOv2 large', ...general, ...apache },
    suits: 'almost any images, where time and memory allow: 24 blocks leave much to skip',
    page: pageOf('facebook/dinov2-large'),
    files: transformers('facebook/dinov2-large', [
      'model.safetensors',
      1_220_000_000,
      '399fba97a95f22c36834418bc69373364a99af3a1153da1c0fb31db567c92e23',
    ]),
    ...{ ...dinov2, ...large, parameters: 304_000_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-registers-large', name: 'DINOv2 large with registers', ...general },
    suits: 'regions: its registers keep the features of plain areas clean',
    page: pageOf('facebook/dinov2-with-registers-large'),
    files: transformers('facebook/dinov2-with-registers-large', [
      'model.safetensors',
      1_220_000_000,
      null,
    ]),
    licence: null,
    commercial: 'ask',
    why: 'DINOv2 itself is Apache-2.0; that of this very file is to be read on its page',
    ...{ ...dinov2, ...large, parameters: 304_000_000, training: lvd },
  },
  {
    ...{ id: 'dino-small', name: 'DINO ViT-S/16', ...general, ...apache },
    suits: 'small students and short runs; its attention outlines objects by itself',
    page: pageOf('timm/vit_small_patch16_224.dino'),
    files: timm('timm/vit_small_patch16_224.dino', ['model.safetensors', 86_700_000, null]),
    ...{ ...colour, ...small, parameters: 21_700_000 },
    training: 'ImageNet-1k, without its labels (DINO)',
  },
  {
    ...{ id: 'vit-small-augreg', name: 'ViT-S/16 AugReg', ...general, ...apache },
    suits: 'classes of everyday objects, with a small student',
    page: pageOf('timm/vit_small_patch16_224.augreg_in21k_ft_in1k'),
    files: timm('timm/vit_small_patch16_224.augreg_in21k_ft_in1k', [
      'model.safetensors',
      null,
      null,
    ]),
    ...{ ...colour, ...small, parameters: 21_700_000 },
    training: 'ImageNet-21k with labels, then ImageNet-1k',
  },
  {
    ...{ id: 'vit-base-augreg', name: 'ViT-B/16 AugReg, ImageNet-21k', ...general, ...apache },
    suits: 'classes of everyday objects: it was taught 21,000 of them',
    page: pageOf('timm/vit_base_patch16_224.augreg_in21k'),
    files: timm('timm/vit_base_patch16_224.augreg_in21k', ['model.safetensors', 410_000_000, null]),
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'ImageNet-21k with labels',
  },
  {
    ...{ id: 'mae-base', name: 'MAE base', ...general, ...apache },
    suits:
      'regions and textures, less so classes from few labels: it learnt to fill in what is missing',
    page: pageOf('facebook/vit-mae-base'),
    files: transformers('facebook/vit-mae-base', [
      'model.safetensors',
      448_000_000,
      '479dcef4bd5df06259399027b789f21e9d9a1b79f37155a64176d55bc26fdae8',
    ]),
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'ImageNet-1k, without its labels (masked autoencoder)',
  },
  {
    ...{ id: 'clip-base', name: 'CLIP ViT-B/16, OpenAI', ...general },
    suits: 'classes that have a name in everyday words',
    page: pageOf('timm/vit_base_patch16_clip_224.openai'),
    files: timm('timm/vit_base_patch16_clip_224.openai', ['pytorch_model.bin', 599_000_000, null]),
    licence: 'Apache-2.0',
    commercial: 'ask',
    why: 'the licence allows it, but its authors call deployed use out of scope',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'WIT-400M: 400 million pictures of the web with their captions',
  },
  {
    ...{ id: 'siglip-base', name: 'SigLIP ViT-B/16, 256 px', ...general, ...apache },
    suits:
      'classes that have a name in everyday words; the part for images only, pooled by the mean',
    page: pageOf('timm/vit_base_patch16_siglip_gap_256.webli'),
    files: timm('timm/vit_base_patch16_siglip_gap_256.webli', ['model.safetensors', null, null]),
    ...{ ...colour, imageSize: 256, ...base, parameters: 85_800_000 },
    training: 'WebLI: pictures of the web with their captions',
  },
  {
    ...{ id: 'rad-dino', name: 'RAD-DINO', ...medical },
    suits: 'chest radiographs: findings as classes and regions',
    page: pageOf('microsoft/rad-dino'),
    files: transformers('microsoft/rad-dino', ['model.safetensors', 346_000_000, null]),
    licence: 'MIT',
    commercial: 'ask',
    why: 'the licence allows it, but its page says for research only, not for clinical practice',
    ...{ ...dinov2, ...base, parameters: 86_600_000 },
    training: 'chest X-rays from three countries, without labels, on from DINOv2 base',
  },
  {
    ...{ id: 'phikon', name: 'Phikon', ...medical },
    suits: 'tiles of stained tissue at 20×, of many kinds of cancer',
    page: pageOf('owkin/phikon'),
    files: transformers('owkin/phikon', [
      'model.safetensors',
      346_000_000,
      'd01642bfeb683c6b039622eca273e0a8e4208065a4595b63edba178c1c4cfa68',
    ]),
    licence: 'Owkin non-commercial',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: '40 million tiles of TCGA, many kinds of cancer, without labels (iBOT)',
  },
  {
    ...{ id: 'lunit-dino', name: 'Lunit DINO ViT-S/16', ...medical },
    suits: 'tiles of stained tissue, where a student must be very small',
    page: pageOf('1aurent/vit_small_patch16_224.lunit_dino'),
    files: timm('1aurent/vit_small_patch16_224.lunit_dino', [
      'model.safetensors',
      86_700_000,
      null,
    ]),
    licence: 'Lunit non-commercial',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...{ ...colour, ...small, parameters: 21_700_000 },
    training: '33 million patches of tissue, without labels (DINO)',
  },
  {
    ...{ id: 'uni', name: 'UNI', ...medical, isGated: true },
    suits: 'tiles of stained tissue of twenty kinds, where time and memory allow',
    page: pageOf('MahmoodLab/UNI'),
    files: timm('MahmoodLab/UNI', ['pytorch_model.bin', null, null]),
    licence: 'CC BY-NC-ND 4.0',
    commercial: 'no',
    why: 'also of models trained on what it puts out: ask its authors first',
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training: 'more than 100 million tiles of over 100,000 slides (H&E), without labels (DINOv2)',
  },
  {
    ...{ id: 'retfound-cfp', name: 'RETFound, colour fundus', ...medical, isGated: true },
    suits: 'photographs of the retina: diseases of the eye and of the body',
    page: pageOf('YukunZhou/RETFound_mae_natureCFP'),
    files: [
      fileOf('YukunZhou/RETFound_mae_natureCFP', 'RETFound_mae_natureCFP.pth', [
        3_950_000_000,
        null,
      ]),
    ],
    licence: 'CC BY-NC 4.0',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training: '1.6 million images of the retina, photographs and OCT apart, without labels (MAE)',
  },
  {
    ...{ id: 'biomedclip', name: 'BiomedCLIP', ...medical },
    suits: 'medical pictures of mixed kinds: microscopy, radiographs, CT, photographs',
    page: pageOf('microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224'),
    files: [
      fileOf(
        'microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224',
        'open_clip_pytorch_model.bin',
        [784_000_000, '52cc993c5c5ff962bd0c60931874bc001e7e9b41666a385530f4a036294576be'],
      ),
      fileOf('microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224', 'open_clip_config.json', [
        null,
        null,
      ]),
    ],
    licence: 'MIT',
    commercial: 'ask',
    why: 'the licence allows it, but its page says for research only',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'PMC-15M: 15 million figures of articles with their captions',
  },
  {
    ...{ id: 'sentinel2-dino', name: 'Sentinel-2 DINO ViT-S/16', ...satellite },
    suits: 'Sentinel-2 with all its 13 bands: land cover, crops, change',
    page: pageOf('torchgeo/vit_small_patch16_224_sentinel2_all_dino'),
    files: [
      fileOf(
        'torchgeo/vit_small_patch16_224_sentinel2_all_dino',
        'vit_small_patch16_224_sentinel2_all_dino-36bcc127.pth',
        [90_644_269, '36bcc1273227252faf98e1d9f32c35166d3612d30dc0c15812c29bed6da9a7d5'],
      ),
    ],
    licence: 'CC BY 4.0',
    commercial: 'yes',
    why: 'it asks to name its authors',
    ...{ ...colour, bands: 13, ...small, parameters: 22_600_000 },
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (DINO)',
  },
  {
    ...{ id: 'sentinel2-moco', name: 'Sentinel-2 MoCo ViT-S/16', ...satellite },
    suits: 'Sentinel-2 with all its 13 bands, as a second opinion beside its DINO sibling',
    page: pageOf('torchgeo/vit_small_patch16_224_sentinel2_all_moco'),
    files: [
      fileOf(
        'torchgeo/vit_small_patch16_224_sentinel2_all_moco',
        'vit_small_patch16_224_sentinel2_all_moco-67c9032d.pth',
        [90_668_909, '67c9032df0449ae37f93c51696bcae0c6dc3485103deb44b4669e9897b90409c'],
      ),
    ],
    licence: null,
    commercial: 'ask',
    why: 'its DINO sibling is CC BY 4.0; that of this file is to be read on its page',
    ...{ ...colour, bands: 13, ...small, parameters: 22_600_000 },
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (MoCo)',
  },
  {
    ...{ id: 'landsat-oli-moco', name: 'Landsat 8–9 MoCo ViT-S/16', ...satellite },
    suits: 'surface reflectance of Landsat 8 and 9, seven bands',
    page: pageOf('torchgeo/ssl4eo_landsat'),
    files: [
      fileOf(
        'torchgeo/ssl4eo_landsat',
        'vits16_landsat_oli_sr_moco-c9b8898d.pth',
        [null, 'c9b8898d'],
        '1c88bb51b6e17a21dde5230738fa38b74bd74f76',
      ),
    ],
    licence: 'CC0-1.0',
    commercial: 'yes',
    why: 'it asks for nothing',
    ...{ ...colour, bands: 7, ...small, parameters: 22_100_000 },
    training: 'SSL4EO-L: Landsat scenes, without labels (MoCo)',
  },
  {
    ...{ id: 'satmae-pp-rgb', name: 'SatMAE++ ViT-L/16, colour', ...satellite, ...apache },
    suits: 'aerial and satellite pictures in colour, of very different ground resolution',
    page: pageOf('mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb'),
    files: [
      fileOf(
        'mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb',
        'checkpoint_ViT-L_pretrain_fmow_rgb.pth',
        [3_952_618_663, '95e3feff830ecd945161dacdc791c9c9d433d9943baa0f000d71af3765843d30'],
      ),
    ],
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training: 'fMoW in colour: places all over the world, without labels (MAE at several scales)',
  },
  {
    ...{ id: 'remoteclip-base', name: 'RemoteCLIP ViT-B/32', ...satellite },
    suits: 'aerial and satellite pictures in colour whose classes have a name in everyday words',
    page: pageOf('chendelong/RemoteCLIP'),
    files: [fileOf('chendelong/RemoteCLIP', 'RemoteCLIP-ViT-B-32.pt', [605_000_000, null])],
    licence: null,
    commercial: 'ask',
    why: 'its page names no licence',
    ...{ ...colour, patchSize: 32, ...base, parameters: 87_500_000 },
    training: 'captions made of labelled boxes and masks of aerial, satellite and drone pictures',
  },
];

/** @throws UserError 'not-found' */
export function cardOf(id: string): Card {
  const found = cards.find((card) => card.id === id);
  if (found !== undefined) return found;
  throw new UserError(
    'not-found',
    `There is no teacher ${id} in the catalogue. It has: ${cards.map((card) => card.id).join(', ')}.`,
  );
}

/** The card of a file of this content, where its whole hash is known; hexadecimal. */
export function cardOfHash(sha256: string): Card | undefined {
  return cards.find(({ files: [weights] }) => weights?.sha256 === sha256);
}
