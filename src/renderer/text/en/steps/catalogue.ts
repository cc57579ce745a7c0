import type { CardDomain, CommercialUse } from '../../../../contract/catalogue.ts';
import { counted, megabytes, roughDuration, written } from '../../../lib/format.ts';

const domains: Record<CardDomain, string> = {
  general: 'For any images',
  medical: 'For medical images',
  satellite: 'For satellite and aerial images',
};

const commercial: Record<CommercialUse, string> = {
  yes: 'Commercial use: yes',
  no: 'Commercial use: no',
  ask: 'Commercial use: ask first',
};

const size = (bytes: number): string => written(megabytes(bytes));

export const catalogueText = {
  title: 'More teachers',
  explanation:
    'Models for your kind of images. Nothing is downloaded until you ask for it, and none of your data is sent.',
  domains,
  several: (number: number) => counted(number, 'teacher'),
  commercial,
  suits: (what: string) => `Suits ${what}.`,
  facts: {
    parameters: 'Parameters',
    size: 'File',
    input: 'Input',
    patch: 'Patch',
    bands: 'Bands',
  },
  sizeUnknown: 'unknown',
  trained: 'Trained on',
  licence: 'Licence',
  unknown: 'unknown',
  get: (bytes: number | null) => (bytes === null ? 'Download' : `Download, ${size(bytes)}`),
  /** Accessible name of a button of a card. */
  named: (button: string, name: string) => `${button} (${name})`,
  goOn: (part: number) => `Continue, ${size(part)} downloaded`,
  use: 'Use it',
  used: 'Chosen',
  addAgain: 'Add it to the teachers',
  byHand: 'Use a downloaded file…',
  account: 'Its page requires an account: download it there, then use the downloaded file.',
  stop: 'Stop',
  fetching: (name: string) => `Downloading ${name}`,
  came: (done: number, total: number, secondsLeft: number | null) =>
    [
      total > 0 ? `${size(done)} of ${size(total)}` : size(done),
      ...(secondsLeft === null ? [] : [`${roughDuration(secondsLeft)} left`]),
    ].join(', '),
  aTeacher: 'a teacher',
  beginning: 'Requesting the files…',
  failed: (name: string) => `${name} could not be downloaded`,
  notATeacher: (name: string) => `${name} was downloaded, but cannot be used as a teacher yet`,
  again: 'Try again',
  unverified: (sha256: string) =>
    `Not verified: the catalogue has no SHA-256 for this file, so it may differ from the one its authors published. Its SHA-256 is ${sha256}: compare it with the file’s page, or with another download.`,
  verified: 'Verified by its SHA-256.',
  added: (name: string) => `${name} is now in the list of teachers.`,
  loading: 'Loading the catalogue',
  loadFailed: 'The catalogue could not be opened',

  hand: {
    title: (name: string) => `Use a downloaded file of ${name}`,
    why: 'For a computer without network access, or a model whose page requires an account.',
    page: (isGated: boolean) =>
      isGated
        ? 'On any computer, open the model’s page, sign in and agree to its terms.'
        : 'On a computer with network access, open the model’s page, or the addresses below.',
    files: (number: number) =>
      number === 1
        ? 'Download this file and keep its name.'
        : 'Download these files into one folder and keep their names.',
    bring: (file: string) =>
      `Copy what you downloaded to this computer, then choose ${file} or drop it here.`,
    choose: 'Choose the file…',
    chooseTitle: (name: string) => `Choose the file of ${name}`,
    copyAddress: 'Copy address',
    hash: (digits: string) => `SHA-256 ${digits}`,
    busy: 'Reading the file…',
    failed: 'That file cannot be used',
  },

  network: {
    title: 'Network',
    hint: (mirror: string | null, proxy: string | null) =>
      [
        ...(mirror === null ? [] : ['through a mirror']),
        ...(proxy === null ? [] : ['through a proxy']),
      ].join(', '),
    why: 'Fill these in if your network requires them. If they are empty, the system’s proxy (HTTPS_PROXY) and mirror (HF_ENDPOINT) apply.',
    mirror: 'Mirror',
    mirrorWhy: 'Your own server with the same files, used instead of https://huggingface.co.',
    mirrorExample: 'https://mirror.example',
    plainHttp: 'Use it without encryption',
    plainHttpWhy:
      'This address begins with http: anyone on the connection could replace the files. Use it only on a network that you trust.',
    proxy: 'Proxy',
    proxyWhy:
      'May include a name and a password: http://name:password@proxy.example:3128. They are stored in this computer’s key store, never in the workspace.',
    proxyExample: 'http://proxy.example:3128',
    login: {
      kept: (what: string) => `${what}: name and password are stored in this computer’s key store.`,
      session: (what: string) =>
        `${what}: this computer has no key store, so name and password are kept until Understudy closes. Enter them again next time.`,
      missing: (what: string) =>
        `${what}: enter the address with its name and password again; they are not stored on this computer.`,
    },
    save: 'Save',
    saved: 'Saved.',
  },
};
