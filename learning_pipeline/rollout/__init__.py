"""Rollout: candidate, shadow, active, retired; what each move takes, and who allowed it (SEMANTICS 9, learn-l2-25).

Question: may this artifact stand in that state of this target, and if not, why not? `why_not` answers from `Facts`, in
which everything that counts is written down; no reason means yes. `why_not_back` answers for a rollback.

==========  ============================================================================================================
candidate   registered, never moved; or moved and retired since
shadow      scores live decisions, nobody acts on it: takes a request by a named person and the registered bytes. No
            passed pack and no approval: it can harm nobody, and shows on live data what a frozen pack cannot
active      bots act on it: takes every required pack passed on these bytes under the policy in force and lately, a
            minimum of data time and of scores in shadow without a drift alarm, and an approval by another person, in
            time, unused, of exactly this artifact, its evaluations, dataset, policy and what it replaces; and
            LEARN_ROLLOUT_MODE = active, LEARN_ENABLE = true
retired     replaced or rolled back; its bytes stay
==========  ============================================================================================================

One artifact at most is active for a target, and one in shadow; whoever takes the place retires the other. The minimum
time in shadow, and a deployment's ``since``, run on the data's clock: a replay of old data gives the same scores.
A rollback takes a person, a reason and bytes that are whole; no switch, evaluation or approval can stop it.

Tables: `Deployments`, `Approvals`, `Audit`, all copies of the ledger.
"""
