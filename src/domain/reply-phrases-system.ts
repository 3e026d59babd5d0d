import type { ReasonPhrases } from "./reply-reason.ts";

/** What is said about the way there and the machines on it. See reply-phrases.ts for how to read them. */
export const systemPhrases: readonly ReasonPhrases[] = [
  [
    "loop",
    [
      "(?:mail|routing|message|forwarding|loop).{0,16}\\bloop",
      "\\bloop(?:s|ing|ed)? (?:detected|back|to|through|alert)",
      "too many hops",
      "(?:exceeded|maximum|max).{0,24}hop",
      "hop count",
      "forwarded more than the maximum",
      "mxloopback",
      "too many received",
      "excessive recursion|recursive forward",
    ],
  ],
  [
    "tls",
    [
      "starttls.{0,40}(?:fail|required|not|error|first)",
      "\\btls\\b.{0,40}(?:fail|required|error|not|handshake|negotiat|cert)",
      "certificate",
    ],
  ],
  [
    "expired",
    [
      "(?:(?:in|on) the )?queue too long",
      "(?:retry|delivery|queue) (?:time|period)?(?: ?out)? ?(?:exceeded|expired|has expired)",
      "delivery (?:time )?expired|message expired|queue\\.expired",
      "(?:could not be|not|was not|been) delivered (?:for|within|in|after)",
      "undelivered (?:for|after)",
      "(?:giving up|gave up|will not (?:be )?retr|multiple retries)",
      "retry time not reached",
      "(?:been|were) failing for a long time", // Exim, of all hosts of a domain
      "too old",
      "attempts? to deliver .{0,40}(?:failed|expired)",
    ],
  ],
  [
    "network",
    [
      "(?:connection|connect|conversation|session|operation|network|read|write|i/o)(?: to \\S{1,80})?(?: was| has| is)? ?(?:error|timed ?out|time-?out|refused|reset|dropped|lost|failed|closed|unreachable|down|aborted)",
      "(?:refused|lost|reset) (?:the )?connection|lost connection",
      "timed? ?-?out",
      "no route to host",
      "(?:host|network|server|destination) (?:is )?(?:unreachable|down|not respond\\w*)",
      "(?:host ?name|name|dns|mx|domain|address|server) (?:lookup|service|query|resolution|server)(?: for \\S{1,80})? ?(?:error|fail|timed|problem|temporar)",
      "name server",
      "dns error",
      "did(?: not|n't) accept our requests? to connect",
      "(?:not|no) (?:answer|response|respond)\\w*",
      "could not find a gateway|unroute?able mail domain|host not found, try again",
      "socket error|bad file descriptor|broken pipe",
      "(?:unable|failed|could not|couldn't|cannot) (?:to )?(?:connect|establish|contact|reach|open)",
      "unreachable|unable to lookup dns|deferred",
      "temporar\\w+ (?:lookup|dns|resolution)",
    ],
  ],
  [
    "program",
    [
      "command (?:output|died|failed|time limit)",
      "(?:mailer|procmail|maildrop|vdelivermail|dovecot|spamassassin|mail delivery agent|external program|pipe|vacation|lda)\\b.{0,60}(?:fail|error|died|exit|killed|couldn't|could not|can't|code|timed|not|unable)",
      "exit(?:ed)? (?:with )?(?:status|code|value)",
      "pipe to \\|",
      "unix program error|mailer error",
      "child (?:status|process)|error in child",
      "permission denied|no such file|can't create output|couldn't create",
    ],
  ],
  [
    "protocol",
    [
      "syntax error",
      "bad sequence",
      "command (?:not (?:implemented|recogni[sz]ed)|unrecogni[sz]ed|rejected|parameter)",
      "(?:invalid|unknown|unrecogni[sz]ed) (?:command|parameter|argument)",
      "need (?:rcpt|mail)",
      "protocol error|remote protocol",
      "smtputf8",
    ],
  ],
  [
    "system",
    [
      "(?:system|internal|server|local|software|configuration|operating system|unknown|temporary|database|ldap|queue file|service|processing|backend|aliasing/forwarding)(?: \\w+)? (?:error|failure|problem|unavailable|trouble|fault|write error)",
      "service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|refus\\w+)",
      "(?:temporar\\w+|currently) (?:unavailable|failure|unable|not|rejected|deferred|refus)",
      "(?:try|please try) (?:again )?(?:later|again)",
      "misconfigur|mis-configur",
      "unable to contact ldap",
      "error in processing",
      "(?:too|server) busy|busy|too much load|load is too high",
      "several matches found",
    ],
  ],
];
