import type { Rule } from 'eslint';
import { type SearchProblem, searchProblem } from './search-time.ts';

/** Problems of an expression, worded for its author. */
const sentences: Readonly<Record<SearchProblem, string>> = {
  search:
    'A text can make this expression walk the same stretch from many beginnings, which takes quadratic time.',
  polynomial:
    'Two parts of this expression can share the same characters, which takes quadratic time or worse.',
  exponential: 'There are two ways around a loop of this expression, which takes exponential time.',
  unknown:
    'The time of this expression cannot be known: it refers back, or looks behind at any length.',
};

const advice =
  'Scan the text by hand (src/core/text/scan.ts), bound the quantifier, or have its parts begin with characters that the part before cannot take.';

/** Refuses expressions that can take more than linear time, and those that are built at run time. */
export const linearExpressions: Rule.RuleModule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      superlinear: `{{what}} ${advice}`,
      composed:
        'Write the expression as a literal: the time of one that is put together at run time cannot be checked.',
    },
  },
  create(context) {
    const composed = (node: Rule.Node): void => {
      context.report({ node, messageId: 'composed' });
    };
    return {
      'Literal[regex]'(node: Rule.Node) {
        if (node.type !== 'Literal' || !('regex' in node)) return;
        const problem = searchProblem(node.regex.pattern, node.regex.flags);
        if (problem === null) return;
        context.report({ node, messageId: 'superlinear', data: { what: sentences[problem] } });
      },
      "NewExpression[callee.name='RegExp']": composed,
      "CallExpression[callee.name='RegExp']": composed,
    };
  },
};
