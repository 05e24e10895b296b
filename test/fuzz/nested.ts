/** Every kind of step that stands in another one, waits for something, tells something or leads to another runbook. */
export const NESTED = `runbook: nested
title: Steps in steps
inputs:
  cluster: { type: cluster }
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: "\${{ inputs.cluster }}" }
    expect: size(result.hot) == 0
    retry: { times: 3, every: 10s }
    timeout: 30s
    on_failure: continue
  - id: tell
    notify: Hot are \${{ steps.survey.worst }}
    to: sre-cache
  - id: both
    parallel:
      left:
        - id: look
          check: proxy.connections
          with: { cluster: "\${{ inputs.cluster }}" }
          on_failure: abort
        - id: fork
          branch:
            - if: size(steps.look.hot) > 3 && visits("survey") > 0
              goto: settle
            - {}
        - id: pause
          wait: 1m
          limit: { visits: 2, then: settle }
        - id: settle
          wait: { until: size(result.hot) == 0, again: survey, every: 15s, within: 10m }
          on_failure: continue
      right:
        - id: many
          each: \${{ steps.survey.hot }}
          as: proxy
          max_parallel: 2
          steps:
            - id: replace
              action: proxy.replace
              with: { proxies: ["\${{ proxy.id }}"] }
              verify: { again: survey, within: 5m }
              timeout: 10m
            - id: done
              ask: Is \${{ proxy.id }} calm?
              choices:
                yes: { label: Yes, recommended: true }
                no: { label: No, goto: replace }
    on_failure: { goto: wide }
  - id: judge
    branch:
      - if: steps.both.left.look.median > 3 || steps.both.right.many.items.all(i, has(i.replace) && size(i.replace.replaced) > 0)
        end: resolved
      - if: steps.both.right.many.items.exists(i, i.done.choice == "no")
        run: cluster-wide
        with: { cluster: "\${{ inputs.cluster }}", n: 5 }
      - goto: wide
  - id: wide
    run: cluster-wide
    with: { cluster: "\${{ inputs.cluster }}" }
    on_failure: continue
  - id: over
    branch:
      - if: steps.wide.outcome == "resolved"
        end: resolved
      - end: unresolved
`
