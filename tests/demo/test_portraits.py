"""The portraits of the demonstration are drawings: a few kB, the same each time, different enough."""

from PIL import Image

from directory.demo.portraits import portrait


def test_each_is_the_same_each_time_and_unlike_the_others():
    drawn = [portrait(number).read() for number in range(60)]

    assert drawn == [portrait(number).read() for number in range(60)]
    assert len(set(drawn)) == len(drawn)
    assert max(map(len, drawn)) < 5000


def test_they_are_of_flat_colours_as_no_photograph_is():
    image = Image.open(portrait(1)).convert("RGB").quantize(12)

    counts = sorted((count for count, _ in image.getcolors()), reverse=True)
    assert sum(counts[:8]) > 0.9 * sum(counts)
