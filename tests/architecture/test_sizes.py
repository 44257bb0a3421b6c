"""Functions and modules stay small enough to read at a glance, and the root of a package short enough to list."""

from __future__ import annotations

import pytest

from tests.support.sizes import function_sizes, median_function, module_sizes, root_modules

PACKAGES = ["voice", "midcall_emulator"]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_median_function_has_five_to_eight_lines(package):
    assert 5 <= median_function(package) <= 8


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_longer_than_40_lines(package):
    assert [size for size in function_sizes(package) if size.lines > 40] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_longer_than_250_lines(package):
    assert [size for size in module_sizes(package) if size.lines > 250] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_root_of_a_package_has_at_most_12_modules(package):
    assert len(root_modules(package)) <= 12, root_modules(package)
