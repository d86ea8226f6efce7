/**
 * The contract of the backends that keep histories, and their answers.
 *
 * <h2>What a history is</h2>
 *
 * A history is a log: one entry for each request that was recorded for a client under a
 * scope, with its instant and its cost, in the order of the instants. Each rate of the
 * scope sees the log through a window, the span of one period that ends now. What a
 * window holds follows from two things: its oldest live entry, and the cumulative cost
 * before that entry. A backend may store both or work them out, but it decides by the log
 * alone. So several rates add no entries, their order does not matter, and a new rate
 * finds its window by a search.
 * <p>
 * A rate of the calendar has a history of its own, which is no log: what was used since
 * the last boundary, in one number, and the time of the last recording, which tells
 * whether the number still counts.
 *
 * <h2>Settling</h2>
 *
 * The cost of an entry is lowered, or the entry removed, once the true cost of its
 * request is known. It is found by its instant. Entries of one instant cannot be told
 * apart, and need not be: they are in the same windows, so what is given back may be
 * taken from any of them. If costs are stored cumulatively, this changes the entry and
 * those after it, and no others, which is why their number is bounded.
 *
 * <h2>Room for what comes</h2>
 *
 * No backend keeps an entry as a row yet, but the layout of a history must have room for
 * it: client, history, position, instant, cost. A window is then the rows that are
 * younger than its period. For how long entries are kept, and until when that holds,
 * belongs to the history, not to its entries.
 */
@NullMarked
package dev.throttle.backend;

import org.jspecify.annotations.NullMarked;
