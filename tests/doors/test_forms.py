from directory.doors.forms import AddressForm


def test_the_trap_is_out_of_reach_of_the_keyboard():
    assert 'tabindex="-1"' in str(AddressForm(help_text="")["trap"])
