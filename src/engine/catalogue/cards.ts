import { cardOrigin } from '../../contract/catalogue.ts';
import type { Card, CardFile } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { catalogueText } from '../../text/index.ts';

/**
 * Data of the catalogue. Every fact is quoted from its source, looked up in November 2026: model cards, file lists
 * and LFS pointers of Hugging Face, and TorchGeo's table of weights. Commits, and the SHA-256 of small files, are
 * those that at least two independent public projects pin. Facts that were not found are null, and downloads without
 * a hash are reported as not verified. Only vision transformers that can be distilled here are listed: no SwiGLU, no
 * windowed attention, no patches over time, no band groups.
 */

/** Known facts about a file: bytes, then SHA-256. */
type Facts = readonly [bytes: number | null, sha256: string | null];

/** Location of a file: its repository and the commit to download. */
interface Source {
  readonly repository: string;
  /** Commit, which is immutable; `main` if none is known. */
  readonly at: string;
}

function fileOf({ repository, at }: Source, name: string, [bytes, sha256]: Facts): CardFile {
  return { name, url: `${cardOrigin}/${repository}/resolve/${at}/${name}`, bytes, sha256 };
}

const unknown: Facts = [null, null];

/** Weights of a Transformers repository, and the two files that describe them. */
function transformers(
  source: Source,
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
function timm(source: Source, [name, ...facts]: readonly [string, ...Facts]): CardFile[] {
  return [fileOf(source, name, facts), fileOf(source, 'config.json', unknown)];
}

/** Returns the source of a repository's newest files, for which no commit is known. */
function newest(repository: string): Source {
  return { repository, at: 'main' };
}

function pageOf(repository: string): string {
  return `${cardOrigin}/${repository}`;
}

const small = { width: 384, blocks: 12 } as const;
const base = { width: 768, blocks: 12 } as const;
const large = { width: 1024, blocks: 24 } as const;
const colour = { patchSize: 16, imageSize: 224, bands: 3 } as const;
const dinov2 = { patchSize: 14, imageSize: 518, bands: 3 } as const;

/** Preprocessing file, identical for all three DINOv2 sizes. */
const dinov2Images: Facts = [
  436,
  '14e780d86fa1861f8751f868d7f45425b5feb55c38ca26f152ca5097ab30f828',
];

const apache = {
  licence: 'Apache-2.0',
  commercial: 'yes',
  why: 'it only requires keeping its notice',
} as const;

const general = { domain: 'general', isGated: false } as const;
const medical = { domain: 'medical', isGated: false } as const;
const satellite = { domain: 'satellite', isGated: false } as const;

const lvd = 'LVD-142M: 142 million photographs, without labels (DINOv2)';

const biomedClip: Source = {
  repository: 'microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224',
  at: '9f341de24bfb00180f1b847274256e9b65a3a32e',
};

export const cards: readonly Card[] = [
  {
    ...{ id: 'dinov2-small', name: 'DINOv2 small', ...general, ...apache },
    suits: 'almost any images, for very small students; its features distinguish parts of objects',
    page: pageOf('facebook/dinov2-small'),
    files: transformers(
      { repository: 'facebook/dinov2-small', at: 'ed25f3a31f01632728cabb09d1542f84ab7b0056' },
      [
        'model.safetensors',
        88_249_960,
        'ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1',
      ],
      {
        config: [547, '1809f83e3bdb1609a501a610ad4a742f4fd8ae44d72ca4aa0df52d1f2ac8628d'],
        images: dinov2Images,
      },
    ),
    ...{ ...dinov2, ...small, parameters: 22_100_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-base', name: 'DINOv2 base', ...general, ...apache },
    suits:
      'almost any images, for classes and regions; try it first if there is no teacher of your field',
    page: pageOf('facebook/dinov2-base'),
    files: transformers(
      { repository: 'facebook/dinov2-base', at: 'f9e44c814b77203eaa57a6bdbbd535f21ede1415' },
      [
        'model.safetensors',
        346_345_912,
        'd73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841',
      ],
      {
        config: [548, 'f7ff4cfa73d2f70647dbf6950541ad25d73082d54c2e7e9bded160c7656b2a70'],
        images: dinov2Images,
      },
    ),
    ...{ ...dinov2, ...base, parameters: 86_600_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-large', name: 'DINOv2 large', ...general, ...apache },
    suits: 'almost any images, if time and memory suffice: many of its 24 blocks can be skipped',
    page: pageOf('facebook/dinov2-large'),
    files: transformers(
      { repository: 'facebook/dinov2-large', at: '47b73eefe95e8d44ec3623f8890bd894b6ea2d6c' },
      [
        'model.safetensors',
        1_217_522_888,
        '399fba97a95f22c36834418bc69373364a99af3a1153da1c0fb31db567c92e23',
      ],
      {
        config: [549, '12df51c069a2dc1305e34ba71ef58bc2407ea553b75f4722a1715c1bce3bbed0'],
        images: dinov2Images,
      },
    ),
    ...{ ...dinov2, ...large, parameters: 304_000_000, training: lvd },
  },
  {
    ...{ id: 'dinov2-registers-large', name: 'DINOv2 large with registers', ...general },
    suits: 'regions: its registers keep the features of plain areas clean',
    page: pageOf('facebook/dinov2-with-registers-large'),
    files: transformers(
      {
        repository: 'facebook/dinov2-with-registers-large',
        at: 'e4c89a4e05589de9b3e188688a303d0f3c04d0f3',
      },
      ['model.safetensors', 1_220_000_000, null],
    ),
    licence: null,
    commercial: 'ask',
    why: 'DINOv2 itself is Apache-2.0; for the licence of this file see its page',
    ...{ ...dinov2, ...large, parameters: 304_000_000, training: lvd },
  },
  {
    ...{ id: 'dino-small', name: 'DINO ViT-S/16', ...general, ...apache },
    suits: 'small students and short runs; its attention outlines objects by itself',
    page: pageOf('timm/vit_small_patch16_224.dino'),
    files: timm(newest('timm/vit_small_patch16_224.dino'), ['model.safetensors', 86_700_000, null]),
    ...{ ...colour, ...small, parameters: 21_700_000 },
    training: 'ImageNet-1k, without its labels (DINO)',
  },
  {
    ...{ id: 'vit-small-augreg', name: 'ViT-S/16 AugReg', ...general, ...apache },
    suits: 'classes of everyday objects, with a small student',
    page: pageOf('timm/vit_small_patch16_224.augreg_in21k_ft_in1k'),
    files: timm(newest('timm/vit_small_patch16_224.augreg_in21k_ft_in1k'), [
      'model.safetensors',
      null,
      null,
    ]),
    ...{ ...colour, ...small, parameters: 21_700_000 },
    training: 'ImageNet-21k with labels, then ImageNet-1k',
  },
  {
    ...{ id: 'vit-base-augreg', name: 'ViT-B/16 AugReg, ImageNet-21k', ...general, ...apache },
    suits: 'classes of everyday objects: it was trained on 21,000 of them',
    page: pageOf('timm/vit_base_patch16_224.augreg_in21k'),
    files: timm(newest('timm/vit_base_patch16_224.augreg_in21k'), [
      'model.safetensors',
      410_000_000,
      null,
    ]),
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'ImageNet-21k with labels',
  },
  {
    ...{ id: 'mae-base', name: 'MAE base', ...general, ...apache },
    suits:
      'regions and textures, but less classes from few labels: it was trained to fill in missing parts of images',
    page: pageOf('facebook/vit-mae-base'),
    files: transformers(
      { repository: 'facebook/vit-mae-base', at: '25b184bea5538bf5c4c852c79d221195fdd2778d' },
      [
        'model.safetensors',
        447_670_680,
        '479dcef4bd5df06259399027b789f21e9d9a1b79f37155a64176d55bc26fdae8',
      ],
    ),
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'ImageNet-1k, without its labels (masked autoencoder)',
  },
  {
    ...{ id: 'clip-base', name: 'CLIP ViT-B/16, OpenAI', ...general },
    suits: 'classes with everyday names',
    page: pageOf('timm/vit_base_patch16_clip_224.openai'),
    files: timm(newest('timm/vit_base_patch16_clip_224.openai'), [
      'pytorch_model.bin',
      599_000_000,
      null,
    ]),
    licence: 'Apache-2.0',
    commercial: 'ask',
    why: 'the licence allows it, but its authors call deployed use out of scope',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'WIT-400M: 400 million pictures from the web with their captions',
  },
  {
    ...{ id: 'siglip-base', name: 'SigLIP ViT-B/16, 256 px', ...general, ...apache },
    suits: 'classes with everyday names; only the image encoder, pooled by the mean',
    page: pageOf('timm/vit_base_patch16_siglip_gap_256.webli'),
    files: timm(newest('timm/vit_base_patch16_siglip_gap_256.webli'), [
      'model.safetensors',
      null,
      null,
    ]),
    ...{ ...colour, imageSize: 256, ...base, parameters: 85_800_000 },
    training: 'WebLI: pictures from the web with their captions',
  },
  {
    ...{ id: 'rad-dino', name: 'RAD-DINO', ...medical },
    suits: 'chest radiographs: findings as classes and regions',
    page: pageOf('microsoft/rad-dino'),
    files: transformers(
      { repository: 'microsoft/rad-dino', at: '110cbc18d5133582e320b43d53bf5c44e410c936' },
      [
        'model.safetensors',
        346_345_912,
        'dbfb9f54459c38773505de64a6ab7807bdcb392610fe1e697166342e43fb91ae',
      ],
      {
        config: [null, '89daf9751d9576d586dedf9543c1083211611fa3a36908db7a799b3ce7c68ede'],
        images: [null, 'c537fc995c30e2353f07253899618d60e9eae3d5f82473778602c007c6523b56'],
      },
    ),
    licence: 'MIT',
    commercial: 'ask',
    why: 'the licence allows it, but its page allows only research, not clinical practice',
    ...{ ...dinov2, ...base, parameters: 86_600_000 },
    training: 'chest X-rays from three countries, without labels, starting from DINOv2 base',
  },
  {
    ...{ id: 'phikon', name: 'Phikon', ...medical },
    suits: 'tiles of stained tissue at 20×, of many kinds of cancer',
    page: pageOf('owkin/phikon'),
    files: transformers(
      { repository: 'owkin/phikon', at: '057cc0295895c2df3dd7681a89680da6015cbefe' },
      [
        'model.safetensors',
        346_000_000,
        'd01642bfeb683c6b039622eca273e0a8e4208065a4595b63edba178c1c4cfa68',
      ],
    ),
    licence: 'Owkin non-commercial',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: '40 million tiles of TCGA, many kinds of cancer, without labels (iBOT)',
  },
  {
    ...{ id: 'lunit-dino', name: 'Lunit DINO ViT-S/16', ...medical },
    suits: 'tiles of stained tissue, for very small students',
    page: pageOf('1aurent/vit_small_patch16_224.lunit_dino'),
    files: timm(newest('1aurent/vit_small_patch16_224.lunit_dino'), [
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
    suits: 'tiles of stained tissue of twenty kinds, if time and memory suffice',
    page: pageOf('MahmoodLab/UNI'),
    files: timm(newest('MahmoodLab/UNI'), ['pytorch_model.bin', null, null]),
    licence: 'CC BY-NC-ND 4.0',
    commercial: 'no',
    why: 'this includes models trained on its outputs: ask its authors first',
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training: 'more than 100 million tiles of over 100,000 slides (H&E), without labels (DINOv2)',
  },
  {
    ...{ id: 'retfound-cfp', name: 'RETFound, colour fundus', ...medical, isGated: true },
    suits: 'photographs of the retina: diseases of the eye and of the body',
    page: pageOf('YukunZhou/RETFound_mae_natureCFP'),
    files: [
      fileOf(newest('YukunZhou/RETFound_mae_natureCFP'), 'RETFound_mae_natureCFP.pth', [
        3_950_000_000,
        null,
      ]),
    ],
    licence: 'CC BY-NC 4.0',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training:
      '1.6 million images of the retina, with separate models for photographs and OCT, without labels (MAE)',
  },
  {
    ...{ id: 'biomedclip', name: 'BiomedCLIP', ...medical },
    suits: 'medical pictures of mixed kinds: microscopy, radiographs, CT, photographs',
    page: pageOf('microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224'),
    files: [
      fileOf(biomedClip, 'open_clip_pytorch_model.bin', [
        783_705_670,
        '52cc993c5c5ff962bd0c60931874bc001e7e9b41666a385530f4a036294576be',
      ]),
      fileOf(biomedClip, 'open_clip_config.json', [
        null,
        '9a41f334a8c444678772c0ebb9ab854c97ab350bced3a17b803e258d39c23dc0',
      ]),
    ],
    licence: 'MIT',
    commercial: 'ask',
    why: 'the licence allows it, but its page allows only research',
    ...{ ...colour, ...base, parameters: 85_800_000 },
    training: 'PMC-15M: 15 million figures of articles with their captions',
  },
  {
    ...{ id: 'sentinel2-dino', name: 'Sentinel-2 DINO ViT-S/16', ...satellite },
    suits: 'Sentinel-2 with all its 13 bands: land cover, crops, change',
    page: pageOf('torchgeo/vit_small_patch16_224_sentinel2_all_dino'),
    files: [
      fileOf(
        {
          repository: 'torchgeo/vit_small_patch16_224_sentinel2_all_dino',
          at: '5b41dd418a79de47ac9f5be3e035405a83818a62',
        },
        'vit_small_patch16_224_sentinel2_all_dino-36bcc127.pth',
        [90_644_269, '36bcc1273227252faf98e1d9f32c35166d3612d30dc0c15812c29bed6da9a7d5'],
      ),
    ],
    licence: 'CC BY 4.0',
    commercial: 'yes',
    why: 'it requires naming its authors',
    ...{ ...colour, bands: 13, ...small, parameters: 22_600_000 },
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (DINO)',
  },
  {
    ...{ id: 'sentinel2-moco', name: 'Sentinel-2 MoCo ViT-S/16', ...satellite },
    suits: 'Sentinel-2 with all its 13 bands, as an alternative to the DINO model of the same data',
    page: pageOf('torchgeo/vit_small_patch16_224_sentinel2_all_moco'),
    files: [
      fileOf(
        {
          repository: 'torchgeo/vit_small_patch16_224_sentinel2_all_moco',
          at: '1cb683f6c14739634cdfaaceb076529adf898c74',
        },
        'vit_small_patch16_224_sentinel2_all_moco-67c9032d.pth',
        [90_668_909, '67c9032df0449ae37f93c51696bcae0c6dc3485103deb44b4669e9897b90409c'],
      ),
    ],
    licence: null,
    commercial: 'ask',
    why: 'the DINO model of the same data is CC BY 4.0; for the licence of this file see its page',
    ...{ ...colour, bands: 13, ...small, parameters: 22_600_000 },
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (MoCo)',
  },
  {
    ...{ id: 'landsat-oli-moco', name: 'Landsat 8–9 MoCo ViT-S/16', ...satellite },
    suits: 'surface reflectance of Landsat 8 and 9, seven bands',
    page: pageOf('torchgeo/ssl4eo_landsat'),
    files: [
      fileOf(
        { repository: 'torchgeo/ssl4eo_landsat', at: '1c88bb51b6e17a21dde5230738fa38b74bd74f76' },
        'vits16_landsat_oli_sr_moco-c9b8898d.pth',
        [null, 'c9b8898d'],
      ),
    ],
    licence: 'CC0-1.0',
    commercial: 'yes',
    why: 'it has no conditions',
    ...{ ...colour, bands: 7, ...small, parameters: 22_100_000 },
    training: 'SSL4EO-L: Landsat scenes, without labels (MoCo)',
  },
  {
    ...{ id: 'satmae-pp-rgb', name: 'SatMAE++ ViT-L/16, colour', ...satellite, ...apache },
    suits: 'aerial and satellite pictures in colour, of very different ground resolution',
    page: pageOf('mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb'),
    files: [
      fileOf(
        newest('mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb'),
        'checkpoint_ViT-L_pretrain_fmow_rgb.pth',
        [3_952_618_663, '95e3feff830ecd945161dacdc791c9c9d433d9943baa0f000d71af3765843d30'],
      ),
    ],
    ...{ ...colour, ...large, parameters: 303_000_000 },
    training: 'fMoW in colour: places all over the world, without labels (MAE at several scales)',
  },
  {
    ...{ id: 'remoteclip-base', name: 'RemoteCLIP ViT-B/32', ...satellite },
    suits: 'aerial and satellite pictures in colour whose classes have everyday names',
    page: pageOf('chendelong/RemoteCLIP'),
    files: [
      fileOf(
        { repository: 'chendelong/RemoteCLIP', at: 'bf1d8a3ccf2ddbf7c875705e46373bfe542bce38' },
        'RemoteCLIP-ViT-B-32.pt',
        [605_208_421, '60014e395d930a3f2963d1d89c8522bf4ad56775571e4356e866864789af85c4'],
      ),
    ],
    licence: null,
    commercial: 'ask',
    why: 'its page names no licence',
    ...{ ...colour, patchSize: 32, ...base, parameters: 87_500_000 },
    training:
      'captions generated from labelled boxes and masks of aerial, satellite and drone pictures',
  },
];

/** @throws UserError 'not-found' */
export function cardOf(id: string): Card {
  const found = cards.find((card) => card.id === id);
  if (found !== undefined) return found;
  throw new UserError(
    'not-found',
    catalogueText.unknownTeacher(
      id,
      cards.map((card) => card.id),
    ),
  );
}

/** Returns the card whose weights have this SHA-256 (hexadecimal), if the card knows the whole hash. */
export function cardOfHash(sha256: string): Card | undefined {
  return cards.find(({ files: [weights] }) => weights?.sha256 === sha256);
}
