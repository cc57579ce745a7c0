import { failurePageText, menuText, windowText } from '../../text/index.ts';

/** Failure of the page, for the page that replaces it. */
export interface PageFailure {
  readonly title: string;
  readonly text: string;
  readonly details: string;
}

/** Links of the failure page; the app handles a click on one, without navigation. */
export const failureActions = {
  reload: 'understudy://page/failure/reload',
  log: 'understudy://page/failure/log',
  copy: 'understudy://page/failure/copy',
} as const;

/**
 * Returns a page without scripts or files, which can be shown when the real one cannot. Styles are in attributes,
 * because the policy allows no style element; system colours follow dark and light mode.
 */
export function failurePage({ title, text, details }: PageFailure): string {
  const button = 'display:inline-block;margin-right:16px;color:LinkText';
  return `<!doctype html>
<html lang="en" style="color-scheme:dark light">
  <head><meta charset="utf-8" /><title>${windowText.app}</title></head>
  <body style="font:13px/1.5 system-ui,sans-serif;max-width:560px;margin:20vh auto 0;padding:0 24px">
    <h1 style="font-size:20px;font-weight:600">${escape(title)}</h1>
    <p>${escape(text)}</p>
    <p><a style="${button}" href="${failureActions.reload}">${failurePageText.reload}</a><a style="${button}" href="${failureActions.log}">${menuText.showLog}</a></p>
    <details><summary>${windowText.details}</summary><pre style="white-space:pre-wrap">${escape(details)}</pre><a style="${button}" href="${failureActions.copy}">${windowText.copy}</a></details>
  </body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
