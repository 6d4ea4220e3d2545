import type { LintRule } from '../lint.ts';
import { caseSensitiveHost } from './case-sensitive-host.ts';
import { dnsPerRequest } from './dns-per-request.ts';
import { engineGap } from './engine-gap.ts';
import { lookAlikeSuffix } from './look-alike-suffix.ts';
import { missingPort } from './missing-port.ts';
import { missingReturn } from './missing-return.ts';
import { modernSyntax } from './modern-syntax.ts';
import { nonAscii } from './non-ascii.ts';
import { pathRuleForHttps } from './path-rule-for-https.ts';
import { separators } from './separators.ts';
import { unescapedPattern } from './unescaped-pattern.ts';
import { unknownDirective } from './unknown-directive.ts';
import { unreachableRule } from './unreachable-rule.ts';

/** Every rule of `lint`. */
export const rules: readonly LintRule[] = [
  caseSensitiveHost,
  dnsPerRequest,
  engineGap,
  lookAlikeSuffix,
  missingPort,
  missingReturn,
  modernSyntax,
  nonAscii,
  pathRuleForHttps,
  separators,
  unescapedPattern,
  unknownDirective,
  unreachableRule,
];
