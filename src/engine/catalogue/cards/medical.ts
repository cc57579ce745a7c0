import type { Card } from '../../../contract/catalogue.ts';
import {
  base,
  colour,
  dinov2Geometry,
  fileOf,
  large,
  newest,
  pageOf,
  small,
  timmFiles,
  transformersFiles,
} from './card-parts.ts';
import type { RepositoryRevision } from './card-parts.ts';

const biomedClip: RepositoryRevision = {
  repository: 'microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224',
  at: '9f341de24bfb00180f1b847274256e9b65a3a32e',
};

const medical = { domain: 'medical', isGated: false } as const;

/** Teachers for medical images. */
export const medicalCards: readonly Card[] = [
  {
    id: 'rad-dino',
    name: 'RAD-DINO',
    ...medical,
    suits: 'chest radiographs: findings as classes and regions',
    page: pageOf('microsoft/rad-dino'),
    files: transformersFiles(
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
    ...dinov2Geometry,
    ...base,
    parameters: 86_600_000,
    training: 'chest X-rays from three countries, without labels, starting from DINOv2 base',
  },
  {
    id: 'phikon',
    name: 'Phikon',
    ...medical,
    suits: 'tiles of stained tissue at 20×, of many kinds of cancer',
    page: pageOf('owkin/phikon'),
    files: transformersFiles(
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
    ...colour,
    ...base,
    parameters: 85_800_000,
    training: '40 million tiles of TCGA, many kinds of cancer, without labels (iBOT)',
  },
  {
    id: 'lunit-dino',
    name: 'Lunit DINO ViT-S/16',
    ...medical,
    suits: 'tiles of stained tissue, for very small students',
    page: pageOf('1aurent/vit_small_patch16_224.lunit_dino'),
    files: timmFiles(newest('1aurent/vit_small_patch16_224.lunit_dino'), [
      'model.safetensors',
      86_700_000,
      null,
    ]),
    licence: 'Lunit non-commercial',
    commercial: 'no',
    why: 'its licence is for non-commercial use',
    ...colour,
    ...small,
    parameters: 21_700_000,
    training: '33 million patches of tissue, without labels (DINO)',
  },
  {
    id: 'uni',
    name: 'UNI',
    ...medical,
    isGated: true,
    suits: 'tiles of stained tissue of twenty kinds, if time and memory suffice',
    page: pageOf('MahmoodLab/UNI'),
    files: timmFiles(newest('MahmoodLab/UNI'), ['pytorch_model.bin', null, null]),
    licence: 'CC BY-NC-ND 4.0',
    commercial: 'no',
    why: 'this includes models trained on its outputs: ask its authors first',
    ...colour,
    ...large,
    parameters: 303_000_000,
    training: 'more than 100 million tiles of over 100,000 slides (H&E), without labels (DINOv2)',
  },
  {
    id: 'retfound-cfp',
    name: 'RETFound, colour fundus',
    ...medical,
    isGated: true,
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
    ...colour,
    ...large,
    parameters: 303_000_000,
    training:
      '1.6 million images of the retina, with separate models for photographs and OCT, without labels (MAE)',
  },
  {
    id: 'biomedclip',
    name: 'BiomedCLIP',
    ...medical,
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
    ...colour,
    ...base,
    parameters: 85_800_000,
    training: 'PMC-15M: 15 million figures of articles with their captions',
  },
];
