"""The versions that the lock pins."""

from cells.cli.lock_file import locked_versions


def test_each_package_has_its_version():
    assert locked_versions("aws-cdk-lib==2.275.0 \\\n    --hash=sha256:1\nboto3==1.43.106\n") == {
        "aws-cdk-lib": {"2.275.0"},
        "boto3": {"1.43.106"},
    }


def test_a_package_that_depends_on_the_machine_may_be_missing():
    assert locked_versions('colorama==0.4.6 ; sys_platform == "win32"') == {"colorama": {"0.4.6", ""}}


def test_a_package_that_is_locked_twice_has_both_versions():
    text = 'numpy==1.0 ; python_version < "3.12"\nnumpy==2.0 ; python_version >= "3.12"\n'
    assert locked_versions(text) == {"numpy": {"1.0", "2.0", ""}}


def test_what_pins_nothing_is_no_package():
    assert locked_versions("# boto3==1\n--require-hashes\nboto3>=1\n") == {}
