import type { CardDomain, CommercialUse } from '../../../contract/catalogue.ts';
import { counted, megabytes, roughDuration, written } from '../../lib/format.ts';

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
    'Known models of your field. Nothing is fetched unless you ask for it; then only the model’s files come in, and nothing of yours is sent.',
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
  sizeUnknown: 'not known',
  trained: 'Trained on',
  licence: 'Licence',
  unknown: 'not known',
  get: (bytes: number | null) => (bytes === null ? 'Get it' : `Get it, ${size(bytes)}`),
  /** Of a button, for those who do not see whose it is. */
  named: (button: string, name: string) => `${button} (${name})`,
  goOn: (part: number) => `Go on, ${size(part)} are here`,
  use: 'Use it',
  used: 'Chosen',
  addAgain: 'Add it to the teachers',
  byHand: 'Bring it by hand…',
  account: 'Its page asks for an account, so it is brought by hand.',
  stop: 'Stop',
  fetching: (name: string) => `Fetching ${name}`,
  came: (done: number, total: number, secondsLeft: number | null) =>
    [
      total > 0 ? `${size(done)} of ${size(total)}` : size(done),
      ...(secondsLeft === null ? [] : [`${roughDuration(secondsLeft)} left`]),
    ].join(', '),
  aTeacher: 'a teacher',
  beginning: 'Asking for the files…',
  failed: (name: string) => `${name} could not be fetched`,
  notATeacher: (name: string) => `${name} is here, but is no teacher yet`,
  again: 'Try again',
  unverified: (sha256: string) =>
    `Not verified: no SHA-256 of this file is known, so nothing shows that it is the one its authors published. Its SHA-256 is ${sha256}: compare it with the file’s page, or with another download.`,
  verified: 'Verified by its SHA-256.',
  added: (name: string) => `${name} is among the teachers now.`,
  loading: 'Looking into the catalogue',
  loadFailed: 'The catalogue could not be opened',

  hand: {
    title: (name: string) => `Bring ${name} by hand`,
    why: 'For a computer without a network, or a model whose page asks for an account.',
    page: (isGated: boolean) =>
      isGated
        ? 'On any computer, open its page, sign in and agree to its terms.'
        : 'On a computer with a network, open its page, or the addresses below.',
    files: (number: number) =>
      number === 1
        ? 'Download this file, under this name.'
        : 'Download these files into one folder, under these names.',
    bring: (file: string) => `Bring them to this computer, and choose ${file}, or drop it here.`,
    choose: 'Choose the file…',
    chooseTitle: (name: string) => `Choose the file of ${name}`,
    copyAddress: 'Copy address',
    hash: (digits: string) => `SHA-256 ${digits}`,
    busy: 'Reading the file…',
    failed: 'That file will not do',
  },

  network: {
    title: 'Network',
    hint: (mirror: string | null, proxy: string | null) =>
      [
        ...(mirror === null ? [] : ['through a mirror']),
        ...(proxy === null ? [] : ['by a proxy']),
      ].join(', '),
    why: 'Where your network asks for it. Without anything here, what the system says of a proxy (HTTPS_PROXY) and of a mirror (HF_ENDPOINT) holds.',
    mirror: 'Mirror',
    mirrorWhy: 'A server of yours with the same files, in place of https://huggingface.co.',
    mirrorExample: 'https://mirror.example',
    plainHttp: 'Use it without encryption',
    plainHttpWhy:
      'This address begins with http: anybody on the way to it could send other files. Use it only in a network that you trust.',
    proxy: 'Proxy',
    proxyWhy:
      'Also with a name and a password, as http://name:password@proxy.example:3128. They are kept in this computer’s key store, never in the folder for projects.',
    proxyExample: 'http://proxy.example:3128',
    login: {
      kept: (what: string) => `${what}: name and password are in this computer’s key store.`,
      session: (what: string) =>
        `${what}: this computer has no key store, so name and password are used until Understudy closes and asked for again.`,
      missing: (what: string) =>
        `${what}: enter the address with its name and password again; this computer has not kept them.`,
    },
    save: 'Save',
    saved: 'Saved.',
  },
};
