/** What the kill switch's dialog is for. */
export type KillPurpose = 'engage' | 'release';

/**
 * The kill switch's dialog: the top bar, the banner and the palette all open the same one. What it is for stands from its opening on: a trading state that
 * changes meanwhile must not turn a stop into a release under somebody's hand.
 */
class KillDialog {
  open = $state(false);
  purpose = $state<KillPurpose>('engage');

  show(purpose: KillPurpose): void {
    this.purpose = purpose;
    this.open = true;
  }
}

export const killDialog = new KillDialog();
