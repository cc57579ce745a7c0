const frame = `document.body.appendChild(document.createElement('iframe')).contentWindow`;
const link = (attributes: string): string =>
  `document.body.insertAdjacentHTML('beforeend', '<a id="way" ${attributes}></a>'); document.querySelector('#way').click()`;
const form = (attributes: string): string =>
  `document.body.insertAdjacentHTML('beforeend', '<form id="way" ${attributes}></form>'); document.querySelector('#way').submit()`;
const blob = `URL.createObjectURL(new Blob(['<p>gone'], { type: 'text/html' }))`;

/** Scripts that try to replace the page, or to send it to another address. */
export const waysToLeave: readonly string[] = [
  `location.href = 'about:blank'`,
  `location.replace('about:blank')`,
  `location.assign('about:blank#index.html')`,
  `location.href = 'about:srcdoc'`,
  `window.open('about:blank', '_self')`,
  `window.open('', '_self')`,
  `window.open('about:blank')`,
  `window.open('about:blank', '_top')`,
  `location.href = 'data:text/html,gone'`,
  `location.href = ${blob}`,
  `window.open(${blob}, '_self')`,
  `location.href = 'javascript:void document.write(1)'`,
  `location.href = 'chrome://version'`,
  `location.href = 'devtools://devtools/bundled/inspector.html'`,
  `location.href = 'view-source:' + location.href`,
  `location.href = 'understudy://page/none.html'`,
  `location.href = 'understudy://page/failure'`,
  `location.href = 'understudy://other/index.html'`,
  `location.href = 'media://image/1/whole'`,
  link('href="about:blank"'),
  link('href="about:blank" target="_top"'),
  link('href="data:text/html,gone" target="_blank"'),
  form('action="about:blank"'),
  form('action="understudy://page/none.html" method="post"'),
  `document.head.insertAdjacentHTML('beforeend', '<base href="about:blank">'); ${link('href="x"')}`,
  `document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="refresh" content="0;url=about:blank">')`,
  `${frame}.open('about:blank', '_top')`,
  `${frame}.parent.location = 'about:blank'`,
  `${frame}.eval("top.location.replace('about:blank')")`,
  `history.pushState({}, '', '/failure'); history.back()`,
  `history.pushState({}, '', '/failure')`,
  `history.replaceState({}, '', '/other/index.html')`,
  `history.go(-9); history.back()`,
  `history.pushState({}, '', '/a'); location.reload()`,
];
