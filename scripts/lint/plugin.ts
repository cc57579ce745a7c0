import { linearExpressions } from './linear-expressions.ts';
import { messagesInText } from './messages-in-text.ts';

/** Rules of this project's own, for oxlint. */
const plugin = {
  meta: { name: 'understudy' },
  rules: { 'linear-expressions': linearExpressions, 'messages-in-text': messagesInText },
};

// oxlint-disable-next-line import/no-default-export -- oxlint loads a plugin by its default export
export default plugin;
