import type { Card } from '../../../contract/catalogue.ts';
import { apache, base, colour, fileOf, large, newest, pageOf, small } from './card-parts.ts';

const satellite = { domain: 'satellite', isGated: false } as const;

/** Teachers for images of the earth from above. */
export const satelliteCards: readonly Card[] = [
  {
    id: 'sentinel2-dino',
    name: 'Sentinel-2 DINO ViT-S/16',
    ...satellite,
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
    ...colour,
    bands: 13,
    ...small,
    parameters: 22_600_000,
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (DINO)',
  },
  {
    id: 'sentinel2-moco',
    name: 'Sentinel-2 MoCo ViT-S/16',
    ...satellite,
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
    ...colour,
    bands: 13,
    ...small,
    parameters: 22_600_000,
    training: 'SSL4EO-S12: Sentinel-2 scenes of the whole world, without labels (MoCo)',
  },
  {
    id: 'landsat-oli-moco',
    name: 'Landsat 8–9 MoCo ViT-S/16',
    ...satellite,
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
    ...colour,
    bands: 7,
    ...small,
    parameters: 22_100_000,
    training: 'SSL4EO-L: Landsat scenes, without labels (MoCo)',
  },
  {
    id: 'satmae-pp-rgb',
    name: 'SatMAE++ ViT-L/16, colour',
    ...satellite,
    ...apache,
    suits: 'aerial and satellite pictures in colour, of very different ground resolution',
    page: pageOf('mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb'),
    files: [
      fileOf(
        newest('mubashir04/checkpoint_ViT-L_pretrain_fmow_rgb'),
        'checkpoint_ViT-L_pretrain_fmow_rgb.pth',
        [3_952_618_663, '95e3feff830ecd945161dacdc791c9c9d433d9943baa0f000d71af3765843d30'],
      ),
    ],
    ...colour,
    ...large,
    parameters: 303_000_000,
    training: 'fMoW in colour: places all over the world, without labels (MAE at several scales)',
  },
  {
    id: 'remoteclip-base',
    name: 'RemoteCLIP ViT-B/32',
    ...satellite,
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
    ...colour,
    patchSize: 32,
    ...base,
    parameters: 87_500_000,
    training:
      'captions generated from labelled boxes and masks of aerial, satellite and drone pictures',
  },
];
