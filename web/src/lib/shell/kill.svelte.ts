/** Whether the kill switch's dialog is open: the top bar, the banner and the palette all open the same one. */
class KillDialog {
  open = $state(false);
}

export const killDialog = new KillDialog();
